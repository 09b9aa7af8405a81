/**
 * Looks over the sender's shoulder: what is broadcast must be durable already, and a nonce only ever carries the same
 * calldata, with fees raised by a tenth or more.
 */
import Database from "better-sqlite3";
import { Transaction } from "ethers";
import pg from "pg";
import type { Scope } from "../command.ts";
import type { RpcCall } from "./fault-plan.ts";

export interface SendWatch {
  /** To be awaited before the call goes on to the chain. Returns the transaction's hash if it is a broadcast, else null. */
  see(call: RpcCall): Promise<string | null>;
  readonly sends: number;
  readonly violations: string[];
}

interface Sent {
  readonly data: string;
  readonly hash: string;
  readonly fee: bigint;
}

export async function sendWatch(scope: Scope, databaseUrl: string): Promise<SendWatch> {
  const isDurable = await openAttempts(scope, databaseUrl);
  const byNonce = new Map<string, Sent>();
  let sends = 0;
  const violations: string[] = [];
  return {
    get sends() {
      return sends;
    },
    violations,
    async see({ method, params }) {
      if (method !== "eth_sendRawTransaction") return null;
      const { hash, from, nonce, data, to, maxFeePerGas, gasPrice } = Transaction.from(String(params[0]));
      if (hash === null || to === null) return null;
      if (!(await isDurable(hash))) violations.push(`${hash} was broadcast before it was durable`);
      sends++;
      const key = `${from} ${nonce}`;
      const fee = maxFeePerGas ?? gasPrice ?? 0n;
      const before = byNonce.get(key);
      if (before !== undefined && before.hash !== hash) {
        if (before.data !== data)
          violations.push(`nonce ${nonce} carried two different calldata: ${before.hash}, ${hash}`);
        else if (fee * 10n < before.fee * 11n && before.fee * 10n < fee * 11n) {
          violations.push(`nonce ${nonce} was sent again with a fee of ${fee} after ${before.fee}`);
        }
      }
      byNonce.set(key, { data, hash, fee });
      return hash;
    },
  };
}

async function openAttempts(scope: Scope, url: string): Promise<(txHash: string) => Promise<boolean>> {
  if (url.startsWith("sqlite:")) {
    const database = new Database(url.slice("sqlite:".length), { readonly: true, timeout: 5_000 });
    scope.defer(() => void database.close());
    const find = database.prepare("select 1 from anchor_attempts where tx_hash = ?");
    return async (txHash) => find.get(txHash) !== undefined;
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  scope.defer(() => client.end());
  return async (txHash) =>
    (await client.query("select 1 from anchor_attempts where tx_hash = $1", [txHash])).rowCount === 1;
}
