/** What the customer's screens say. Plain text without a signal, so that tests read the same sentences. */
import { TEMPORARY_PIN_SENTENCE } from "../../../domain/session.ts";

export const en = {
  title: "Your PIN",
  onboardingTitle: "New customer",
  pages: "Pages",
  signInTitle: "Sign in",
  signInLead: "Sign in to your account. You are asked for your PIN next.",
  signInEnded: "Your sign-in has ended. Please sign in again.",
  pin: "Your PIN",
  currentPin: "Current PIN",
  newPin: "New PIN",
  samePinAgain: "The same PIN again",
  digits: (n: number) => `${n} digits, 0 to 9`,
  incomplete: (n: number) => `Please enter all ${n} digits in each field.`,
  mismatch: "The two PINs are not the same. Nothing was saved; please enter both again.",
  savePin: "Save the PIN",
  saving: "Saving…",
  back: "Back",
  create: {
    title: "Create your PIN",
    lead: (n: number) =>
      `Choose ${n} digits that only you know. You enter them each time that you sign in, before you get any further.`,
  },
  enter: {
    title: "Enter your PIN",
    lead: "You are signed in. Please show that it is you.",
    hint: "It is checked as soon as the last digit is there.",
    checking: "Checking…",
    forgot: "Forgot your PIN?",
    wrong: (left: string) => `This PIN is not right. ${left} left.`,
  },
  locked: {
    title: "Your PIN is locked",
    because: "Too many wrong PINs were entered. You can try again in",
    orReset: "If you do not remember it, you need not wait: choose a new one.",
    reset: "Choose a new PIN",
    titleForever: "Your PIN can no longer be used",
    reasons: {
      too_many_wrong_pins: "Too many wrong PINs were entered.",
      pin_disabled: "Too many wrong PINs were entered.",
      temporary_pin_expired: "The temporary PIN that support gave you has expired.",
      temporary_pin_spent: "The temporary PIN that support gave you was entered wrongly too often.",
    },
    noWaiting: "Waiting does not help. Choose a new PIN now, or ask support for a temporary one.",
  },
  temporary: { title: "Create a new PIN", sentence: TEMPORARY_PIN_SENTENCE as string },
  change: {
    title: "Change your PIN",
    lead: "Enter the PIN that you have now, and the new one twice.",
    save: "Change the PIN",
    wrong: (left: string) => `The current PIN is not right. ${left} left.`,
    wrongAndLocked: "The current PIN is not right. After too many wrong ones it is locked for a while.",
    locked: (time: string) => `Too many wrong PINs. Try again in ${time}.`,
  },
  forgot: {
    title: "Choose a new PIN",
    lead: "You may choose a new PIN without the old one shortly after signing in.",
    save: "Save the new PIN",
    signInTitle: "Sign in again",
    signInLead: (minutes: string) =>
      `A new PIN without the old one can only be chosen within ${minutes} of signing in. Please sign in again; the form comes next. Nothing was saved.`,
  },
  home: {
    title: "You are in",
    lead: "This is where the application begins. Your PIN has been verified in this session.",
    done: {
      create: "Your PIN is saved.",
      enter: "",
      change: "Your PIN is changed. Other sessions must enter the new one.",
      reset: "Your new PIN is saved. Other sessions must enter it.",
    },
    change: "Change the PIN",
  },
  recorded: {
    title: "Recorded in the ledger",
    pending: "Being recorded in the ledger…",
    block: "Block",
    transaction: "Transaction",
    event: "Event",
    status: "Status",
    statuses: {
      committed: "saved, on its way to the chain",
      broadcast: "sent to the chain",
      mined: "in a block",
      final: "in a block, final",
    },
    verify: "Verify it yourself",
  },
  uncertain: "Nothing counts as done until the service confirms it.",
  nowhere: "There is nothing at this address.",
};

export type Texts = typeof en;
