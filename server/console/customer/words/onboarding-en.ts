/** What the onboarding's screens say. */
export const onboardingEn = {
  title: "Set a PIN for your phone",
  progress: (step: number, of: number) => `Step ${step} of ${of}`,
  steps: ["Phone", "Code", "Terms", "PIN", "Receipt"],
  closedTitle: "Your bank's app does this",
  closed:
    "On this service only the bank's own applications may set up a PIN for a phone number. Please use your bank's app, or ask at a branch.",
  phone: {
    lead: "You receive a code by message, read the terms, and choose a PIN of six digits.",
    label: "Mobile number",
    hint: "With the country's code, such as +20\u00a0123\u00a0456\u00a07890.",
    send: "Send the code",
    sending: "Sending…",
  },
  code: {
    title: "Enter the code",
    lead: "We have sent a code of six digits to",
    label: "Code",
    hint: "It is good for five minutes, and checked as soon as the last digit is there.",
    development: "This is a development service: the code appears on its terminal.",
    again: "Send a new code",
    wait: (time: string) => `You can ask for a new code in ${time}.`,
    sent: "A new code is on its way. The one before is no longer good.",
    otherNumber: "Another number",
  },
  exists: {
    title: "This number has a PIN already",
    lead: "If you know your PIN, there is nothing to do: use it, or change it in your bank's app. If you have forgotten it, you can choose a new one here; you receive another code for that.",
    reset: "Choose a new PIN",
  },
  terms: {
    title: "Terms",
    lead: "Please read these terms. Without your consent no PIN can be set.",
    region: "Text of the terms",
    hash: "Fingerprint of this text (SHA-256), recorded with your consent:",
    keep: "Save the text",
    accept: "I have read this and agree",
  },
  pin: {
    title: "Choose your PIN",
    lead: "Six digits that only you know. No dates, no patterns, no part of your number.",
    save: "Set the PIN",
  },
  receipt: {
    title: "Your PIN is set",
    resetTitle: "Your new PIN is set",
    lead: "Here is your receipt. With it you, or anybody you give it to, can check that this was recorded, and that nobody has changed it since.",
    copyTransaction: "Copy the transaction",
    copyBlock: "Copy the block",
    copyEvent: "Copy the event",
    download: "Download the receipt",
    pending: "The ledger's chain is still taking it up. The PIN is good already; the receipt follows here.",
    pendingValue: "to follow",
  },
};

export type OnboardingTexts = typeof onboardingEn;
