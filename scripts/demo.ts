/**
 * `npm run demo`: one customer's way through a running service, and then an auditor's: every receipt is verified
 * against the chain with nothing but the RPC URL. Exits 1 if anything does not verify, 2 if it could not be tried.
 */
import { createHash, randomInt } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { rpcChainReader } from "../server/chain/reader.ts";
import { ProblemError, answerOf, ledgerClient } from "../server/client/index.ts";
import type { Schemas } from "../server/client/index.ts";
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

class DemoFailed extends Error {}

const client = ledgerClient({ url: options.url, token: options["api-key"] });

/** @throws {DemoFailed} with what the service, or the network, says */
const answer: typeof answerOf = (call) =>
  answerOf(call).catch((cause: unknown) => {
    if (cause instanceof ProblemError) throw new DemoFailed(cause.message, { cause });
    throw new DemoFailed(`Nobody answers at ${options.url}. Is the service running (npm start)?`, { cause });
  });

type Anchored = Pick<Schemas["PinSet"], "eventId" | "txHash" | "blockNumber">;

const anchored: { step: string; eventId: string }[] = [];

function report(step: string, { eventId, txHash, blockNumber }: Anchored, outcome: string): void {
  anchored.push({ step, eventId });
  const place = txHash === null ? "on its way to the chain" : `tx ${txHash} block ${blockNumber}`;
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

  const requested = await answer(
    client.POST("/api/otp/request", { body: { phoneNumber: phone, purposes: ["consent", "pin_set"] } }),
  );
  report("otp/request", requested, "code sent");
  const otp = await askForCode(phone);
  const about = { phoneNumber: phone, deviceMetadata };

  const text = "I agree that my PIN is used to verify who I am.";
  const document = {
    documentVersion: "2026-01",
    documentHash: `0x${createHash("sha256").update(text).digest("hex")}`,
  };
  const consent = await answer(
    client.POST("/api/consents", { body: { ...about, otp, purpose: "pin_set", ...document } }),
  );
  report("consents", consent, consent.status);

  const set = await answer(client.POST("/api/pin/set", { body: { ...about, pin: pins.right, otp } }));
  report("pin/set", set, "PIN set");
  const verify = (pin: string) => answer(client.POST("/api/pin/verify-pin", { body: { ...about, pin } }));
  const right = await verify(pins.right);
  report("pin/verify-pin", right, right.valid ? "valid" : "NOT VALID");
  const wrong = await verify(pins.wrong);
  report("pin/verify-pin", wrong, `wrong PIN, ${wrong.attemptsRemaining} left`);
  if (!right.valid || wrong.valid) throw new DemoFailed("The verifications are not what they should be.");
}

/** @returns whether every receipt holds on the chain */
async function audit(): Promise<boolean> {
  console.log("\nAn auditor, with the RPC URL and these receipts\n");
  const chain = rpcChainReader(options.rpc);
  let allHold = true;
  for (const { step, eventId } of anchored) {
    const receipt = await mined(eventId);
    const { chainId, contract } = receipt.anchor;
    if (chainId === null || contract === null) throw new DemoFailed("A receipt names no chain.");
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

async function mined(eventId: string): Promise<Schemas["Receipt"]> {
  for (let tries = 0; tries < 120; tries++) {
    const receipt = await answer(
      client.GET("/api/ledger/events/{id}/receipt", { params: { path: { id: eventId } } }),
    );
    if (receipt.anchor.status === "mined" || receipt.anchor.status === "final") return receipt;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new DemoFailed(`Event ${eventId} was not anchored within 30 seconds.`);
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
