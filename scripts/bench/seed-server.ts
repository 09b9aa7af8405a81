/**
 * Seed 002 as its document describes it, and no more: Fastify, the `argon2` package with a salt derived from the phone
 * number, the hash kept on chain, and one awaited transaction for every operation. It gets what a careful author would
 * give it: nonces counted in memory (else requests that come together collide), a contract interface that is decoded
 * once, and a chain that mines at once. For comparison only: the salt alone makes it unsafe (docs/threat-model.md).
 */
import { createHash } from "node:crypto";
import argon2 from "argon2";
import { Contract, ContractFactory, JsonRpcProvider, Wallet, hexlify } from "ethers";
import type { ContractTransactionResponse } from "ethers";
import Fastify from "fastify";
import { DEV_CHAIN_ID } from "../../server/chain/dev-accounts.ts";
import { startEmbeddedChain } from "../../server/chain/embedded.ts";
import { compileDigestStore } from "./digest-store.ts";
import { answerQuestions } from "./contender-process.ts";

const chain = await startEmbeddedChain({ port: 0, startedAt: Date.now() });
const provider = new JsonRpcProvider(chain.url, DEV_CHAIN_ID, { staticNetwork: true });
const wallet = new Wallet(chain.relayerKey, provider);
const { abi, bytecode } = compileDigestStore();
const deployed = await new ContractFactory(abi, bytecode, wallet).deploy();
await deployed.waitForDeployment();
const contract = new Contract(await deployed.getAddress(), abi, wallet);
let nonce = await wallet.getNonce();

interface Body {
  readonly pin: string;
  readonly phoneNumber: string;
  readonly deviceMetadata?: object;
}

const sha256 = (text: string) => createHash("sha256").update(text).digest();

function hashPin(pin: string, phone: string): Promise<Buffer> {
  return argon2.hash(pin, {
    raw: true,
    type: argon2.argon2id,
    memoryCost: 2 ** 16,
    timeCost: 3,
    parallelism: 1,
    hashLength: 32,
    salt: sha256(`${phone}FRA_PIN_SALT`).subarray(0, 16),
  });
}

async function record(digest: Uint8Array): Promise<{ txHash: string; blockNumber: number }> {
  const store = contract.getFunction("store");
  const transaction = (await store(digest, { nonce: nonce++ })) as ContractTransactionResponse;
  const receipt = await transaction.wait();
  if (receipt === null) throw new Error("the transaction has no receipt");
  return { txHash: receipt.hash, blockNumber: receipt.blockNumber };
}

async function audited(eventType: string, { phoneNumber, deviceMetadata }: Body) {
  const entry = {
    timestamp: new Date().toISOString(),
    eventType,
    identityHash: hexlify(sha256(phoneNumber)),
    phoneNumber: `${phoneNumber.slice(0, -4)}****`,
    deviceMetadata: { ...deviceMetadata },
    fraCompliance: { knowledgeFactor: true, auditTrail: true },
    regulatoryFlags: ["FRA_SECTION_TWO", "DIGITAL_IDENTITY_LEDGER"],
  };
  app.log.info({ entry }, "FRA_DIGITAL_IDENTITY_LEDGER");
  return { entry, ...(await record(sha256(JSON.stringify(entry)))) };
}

const app = Fastify({ logger: true });
const body = {
  type: "object",
  required: ["pin", "phoneNumber"],
  properties: { pin: { type: "string", pattern: "^\\d{6}$" }, phoneNumber: { type: "string" } },
} as const;

app.post<{ Body: Body }>("/api/pin/set", { schema: { body } }, async ({ body: request }) => {
  const { txHash, blockNumber } = await record(await hashPin(request.pin, request.phoneNumber));
  return { success: true, txHash, blockNumber };
});

app.post<{ Body: Body }>("/api/pin/verify-pin", { schema: { body } }, async ({ body: request }) => {
  const stored = (await contract.getFunction("storedAt")(
    await hashPin(request.pin, request.phoneNumber),
  )) as bigint;
  const valid = stored > 0n;
  const { entry, txHash, blockNumber } = await audited("pin_knowledge_factor_verified", request);
  return {
    valid,
    message: valid ? "PIN verified successfully" : "Invalid PIN",
    compliance: {
      fraSection: "Section Two - Digital Identity Authentication",
      knowledgeFactorVerified: valid,
      verificationMethod: "argon2_fra_compliant",
      auditTrail: true,
      digitalIdentityLedgerRef: entry.timestamp,
    },
    txHash,
    blockNumber,
  };
});

answerQuestions({ url: await app.listen({ host: "127.0.0.1", port: 0 }) }, async () => ({}));
