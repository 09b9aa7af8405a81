/**
 * `npm run demo`: one customer's way through a running service, and then an auditor's: every receipt is verified
 * against the chain with nothing but the RPC URL. Exits 1 if anything does not verify, 2 if it could not be tried.
 */
import { createHash, randomInt } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { rpcChainReader } from "../server/chain/reader.ts";
import { verifyReceipt } from "../server/ledger/index.ts";

const USAGE = `Usage: npm run demo [-- options]

Walks one customer through OTP, consent, PIN, a right and a wrong verification against a running service
(npm start in another terminal), then verifies each receipt on the chain.

  --url URL        the service            [http://127.0.0.1:3001]
  --rpc URL        the chain's endpoint   [http://127.0.0.1:8545]
  --phone NUMBER   the customer's mobile  [a random Egyptian one]
  --api-key KEY    where the service asks for one
`;

const { values: options } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:3001" },
    rpc: { type: "string", default: "http://127.0.0.1:8545" },
    phone: { type: "string", default: `+2010${String(randomInt(100_000_000)).padStart(8, "0")}` },
    "api-key": { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});

interface Answer {
  readonly [field: string]: unknown;
  readonly eventUrl: string;
  readonly txHash: string | null;
  readonly blockNumber: number | null;
}

class DemoFailed extends Error {}

async function call(method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(options.url + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(options["api-key"] === undefined ? {} : { authorization: `Bearer ${options["api-key"]}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new DemoFailed(`Nobody answers at ${options.url}. Is the service running (npm start)?`, { cause });
  });
  const answer = (await response.json()) as Answer;
  if (!response.ok)
    throw new DemoFailed(`${method} ${path}: ${String(answer.code)}: ${String(answer.detail)}`);
  return answer;
}

const anchored: { step: string; eventUrl: string }[] = [];

function report(step: string, answer: Answer, outcome: string): void {
  anchored.push({ step, eventUrl: answer.eventUrl });
  const place =
    answer.txHash === null ? "on its way to the chain" : `tx ${answer.txHash} block ${answer.blockNumber}`;
  console.log(`  ${step.padEnd(16)} ${outcome.padEnd(22)} ${place}`);
}

/** The code stands on the service's terminal (or a phone): only a person can bring it here. */
async function askForCode(phone: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  console.log(`\n  The service has printed a code for …${phone.slice(-4)} on its terminal (OTP …).`);
  const code = await terminal.question("  Code: ");
  terminal.close();
  console.log();
  return code.trim();
}

async function customer(phone: string): Promise<void> {
  const deviceMetadata = { platform: "demo", version: "1.0.0", deviceId: "demo-device" };
  const pins = { right: "839271", wrong: "560194" };
  console.log(`\nA customer, ${phone.slice(0, -4)}****\n`);

  const requested = await call("POST", "/api/otp/request", {
    phoneNumber: phone,
    purposes: ["consent", "pin_set"],
  });
  report("otp/request", requested, "code sent");
  const otp = await askForCode(phone);

  const text = "I agree that my PIN is used to verify who I am.";
  const consent = await call("POST", "/api/consents", {
    phoneNumber: phone,
    otp,
    purpose: "pin_set",
    documentVersion: "2026-01",
    documentHash: `0x${createHash("sha256").update(text).digest("hex")}`,
    deviceMetadata,
  });
  report("consents", consent, String(consent.status));

  const set = await call("POST", "/api/pin/set", {
    pin: pins.right,
    phoneNumber: phone,
    otp,
    deviceMetadata,
  });
  report("pin/set", set, "PIN set");
  const right = await call("POST", "/api/pin/verify-pin", {
    pin: pins.right,
    phoneNumber: phone,
    deviceMetadata,
  });
  report("pin/verify-pin", right, right.valid === true ? "valid" : "NOT VALID");
  const wrong = await call("POST", "/api/pin/verify-pin", {
    pin: pins.wrong,
    phoneNumber: phone,
    deviceMetadata,
  });
  report("pin/verify-pin", wrong, `wrong PIN, ${String(wrong.attemptsRemaining)} left`);
  if (right.valid !== true || wrong.valid !== false)
    throw new DemoFailed("The verifications are not what they should be.");
}

/** @returns whether every receipt holds on the chain */
async function audit(): Promise<boolean> {
  console.log("\nAn auditor, with the RPC URL and these receipts\n");
  const chain = rpcChainReader(options.rpc);
  let allHold = true;
  for (const { step, eventUrl } of anchored) {
    const receipt = await mined(eventUrl);
    const { chainId, contract } = receipt.anchor;
    const verdict = await verifyReceipt(receipt, { trust: { chainId, contract }, chain });
    const holds = verdict.ok && verdict.level === "chain";
    allHold &&= holds;
    const failed = verdict.checks.find(({ name }) => name === verdict.failed);
    console.log(
      `  ${step.padEnd(16)} index ${String(receipt.index).padEnd(6)} ` +
        (holds
          ? `verified: ${verdict.checks.filter(({ status }) => status === "passed").length} checks`
          : `DOES NOT HOLD: ${failed?.detail ?? "not checked on chain"}`),
    );
  }
  console.log(allHold ? "\nEvery receipt verifies.\n" : "\nNot every receipt verifies.\n");
  return allHold;
}

type AnchoredReceipt = { index: number; anchor: { status: string; chainId: number; contract: string } };

async function mined(eventUrl: string): Promise<AnchoredReceipt> {
  for (let tries = 0; tries < 120; tries++) {
    const receipt = (await call("GET", `${eventUrl}/receipt`)) as unknown as AnchoredReceipt;
    if (receipt.anchor.status === "mined" || receipt.anchor.status === "final") return receipt;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new DemoFailed(`${eventUrl} was not anchored within 30 seconds.`);
}

if (options.help) {
  console.log(USAGE);
} else {
  try {
    await customer(options.phone);
    process.exitCode = (await audit()) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof DemoFailed)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 2;
  }
}
