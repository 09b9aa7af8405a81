/**
 * Brings what is in flight into blocks, the first batch first: looks for a receipt of any of its attempts, sends again,
 * raises the fee, fills gaps, and asks the contract where a nonce is gone and nothing tells by what.
 *
 * Crash order: an attempt is stored before it is broadcast. Killed before that, nothing was sent; killed after, it is
 * among the attempts whose receipts are looked for.
 */
import { isInstant } from "../domain/finality.ts";
import type { Finality } from "../domain/finality.ts";
import { nextMove, outcomeOf } from "../domain/sending.ts";
import type { Move, Patience } from "../domain/sending.ts";
import { toHex } from "../ledger/index.ts";
import { ChainRejected } from "../ports.ts";
import type {
  AnchorAttempt,
  Batch,
  Chain,
  Clock,
  Epoch,
  Logger,
  MinedAnchor,
  NewBatch,
  SignedTransaction,
  Store,
  TransactionReceipt,
} from "../ports.ts";
import type { PlannedAnchor } from "./anchor-planning.ts";
import { AnchorTrouble, isAboutFees, isAboutFunds } from "./anchor-trouble.ts";
import { newEnvelope, overTheCap } from "./envelopes.ts";
import type { SendingLease } from "./lease.ts";
import { findArrival, spenderOf } from "./spent-nonce.ts";

export interface DeliveryOptions {
  readonly store: Store;
  readonly chain: Chain;
  readonly epoch: Epoch;
  readonly lease: SendingLease;
  readonly finality: Finality;
  /** In wei per gas: no attempt ever offers more. */
  readonly feeCap: bigint;
  /** A nonce that the operator knows to be used by someone else, and vouches for. */
  readonly skipNonce: number | null;
  readonly patience: Patience;
  readonly clock: Clock;
  readonly monotonic: () => number;
  readonly log: Logger;
}

/** How long a transaction that the node took is left alone: twice as long each time, for nodes forget. */
const RESEND_MS = { first: 1_000, most: 5_000 };
/** And one that it refused, or of which we heard nothing. */
const RETRY_MS = 500;
/** A transaction may wait for some blocks; for longer than this something is wrong. */
const STUCK_MS = 60_000;

/** After so many failures on chain the next one comes this much later: each costs gas. */
const MANY_FAILURES = 3;
const FAILURE_PAUSE_MS = 60_000;

/** What this process did with the latest attempt. Nothing of it must outlive the process. */
interface Dispatch {
  readonly txHash: string;
  readonly batchId: number;
  readonly since: number;
  sentAt: number;
  sendings: number;
  /** The head when we first looked after sending. */
  block: number | null;
  refusal: string | null;
  held: boolean;
}

export class Delivery {
  readonly #options: DeliveryOptions;
  #dispatch: Dispatch | null = null;
  #begun: { readonly batchId: number; readonly at: number } | null = null;
  #spentSince: number | null = null;
  #gapSince: number | null = null;
  #renoncedAt = -Infinity;
  /** Just signed: there is no receipt to look for. */
  #unsent: string | null = null;
  gasUsed = 0n;
  replacements = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Signs and stores the planned batch; the next look sends it. */
  async prepare({ call, span }: PlannedAnchor, createdAt: number): Promise<void> {
    const { chain, lease } = this.#options;
    const envelope = await newEnvelope(this.#options, call, 0);
    const signed = await chain.signAnchor(call, envelope);
    const { nonce, fees } = envelope;
    const batch: NewBatch = { ...span, relayer: chain.relayer, nonce, createdAt };
    await lease.write((tx) => tx.anchors.insertBatch(batch, { ...signed, fees }));
    this.#unsent = signed.txHash;
  }

  /** One look at what is in flight. Returns whether the first batch is in a block now. */
  async look(inFlight: readonly Batch[]): Promise<boolean> {
    const { store, chain } = this.#options;
    const [batch] = inFlight;
    if (batch === undefined) return false;
    const attempts = await store.read.anchors.attempts(batch.id);
    const latest = attempts.at(-1);
    if (latest === undefined) throw new Error(`batch ${batch.id} was never signed`);
    if (latest.txHash === this.#unsent) return this.#tend(batch, latest, inFlight);
    const seen: { receipt: TransactionReceipt | null }[] = [];
    for (const { txHash } of attempts) seen.push({ receipt: await chain.receipt(txHash) });
    const current = attempts.findIndex(
      ({ nonce, relayer }) => nonce === batch.nonce && relayer === batch.relayer,
    );
    const outcome = outcomeOf(seen, current);
    if (outcome.is === "mined") {
      await this.#arrived(batch, seen[outcome.attempt]?.receipt as TransactionReceipt);
      return true;
    }
    if (outcome.is === "reverted") {
      const failures = seen.filter(({ receipt }) => receipt !== null).length;
      return this.#settle(batch, latest, await findArrival(this.#options, batch, "us"), failures);
    }
    return this.#tend(batch, latest, inFlight);
  }

  /** Of what hampers the batch in flight without being an error: it is retried all the same. */
  note(): AnchorTrouble | null {
    const dispatch = this.#dispatch;
    if (dispatch === null) return null;
    const { chain, feeCap, monotonic } = this.#options;
    const { txHash, refusal } = dispatch;
    if (dispatch.held) return overTheCap(feeCap, `transaction ${txHash} waits for fees to fall`);
    if (refusal !== null && isAboutFunds(refusal)) {
      return new AnchorTrouble("out_of_funds", `the relayer ${chain.relayer} cannot pay: ${refusal}`);
    }
    if (this.#begun === null || monotonic() - this.#begun.at < STUCK_MS) return null;
    const said = refusal === null ? "" : `; the node says: ${refusal}`;
    return new AnchorTrouble("stuck", `transaction ${txHash} is not in a block yet; sent again${said}`);
  }

  /** What was sent is no longer ours to tend. */
  forget(): void {
    this.#unsent = null;
    this.#dispatch = null;
    this.#begun = null;
    this.#spentSince = null;
    this.#gapSince = null;
  }

  async #arrived(batch: Batch, receipt: TransactionReceipt): Promise<void> {
    const { anchored, txHash } = receipt;
    const asSent =
      batch.toSize === batch.fromSize ||
      (anchored?.fromSize === batch.fromSize &&
        anchored.size === batch.toSize &&
        anchored.root === toHex(batch.root));
    if (!asSent) {
      throw new AnchorTrouble(
        "chain_mismatch",
        `the endpoint calls ${txHash} a success, but it did not append what it carries`,
      );
    }
    this.gasUsed += receipt.gasUsed;
    await this.#setMined(batch, receipt);
  }

  async #setMined(batch: Batch, { txHash, blockNumber, blockHash }: MinedAnchor): Promise<void> {
    const { lease, epoch, finality, clock } = this.#options;
    await lease.write(async (tx) => {
      await tx.anchors.setMined(batch.id, { txHash, blockNumber, blockHash }, clock.now());
      if (isInstant(finality)) await tx.anchors.setFinal(epoch.number, batch.id);
    });
    this.forget();
  }

  /** None of its attempts is in a block. */
  async #tend(batch: Batch, latest: AnchorAttempt, inFlight: readonly Batch[]): Promise<boolean> {
    const { monotonic, patience, chain, lease } = this.#options;
    const now = monotonic();
    if (this.#begun?.batchId !== batch.id) {
      this.forget();
      this.#begun = { batchId: batch.id, at: now };
    }
    const dispatch = this.#dispatch;
    if (dispatch?.txHash !== latest.txHash) {
      const fresh = { txHash: latest.txHash, batchId: batch.id, since: now, block: null, held: false };
      this.#dispatch = { ...fresh, sentAt: now, sendings: 1, refusal: null };
      await this.#sendAll(inFlight);
      return false;
    }
    if (now - dispatch.sentAt < pauseAfter(dispatch, patience)) return false;
    dispatch.sentAt = now;
    dispatch.sendings++;

    const move = await this.#nextMove(batch, latest, dispatch);
    dispatch.held = move.do === "hold";
    switch (move.do) {
      case "raise": {
        const signed = await chain.resign(latest, { fees: move.fees });
        await lease.write((tx) => tx.anchors.addAttempt({ ...latest, ...signed, fees: move.fees }));
        this.replacements++;
        return false;
      }
      case "renonce":
        return this.#settle(batch, latest, null);
      case "reconcile": {
        const spender = await spenderOf(this.#options, batch);
        return this.#settle(batch, latest, await findArrival(this.#options, batch, spender));
      }
      case "send":
      case "hold":
        await this.#fillGap(batch);
        await this.#sendAll(inFlight);
        return false;
    }
  }

  async #nextMove(batch: Batch, latest: AnchorAttempt, dispatch: Dispatch): Promise<Move> {
    const { store, chain, epoch, feeCap, skipNonce, patience, monotonic } = this.#options;
    const chainNonce = await chain.minedNonce();
    const head = await chain.blockNumber();
    dispatch.block ??= head;
    const now = monotonic();
    if (chainNonce > batch.nonce) this.#spentSince ??= now;
    else this.#spentSince = null;
    const { anchors } = store.read;
    const gap =
      chainNonce < batch.nonce &&
      (await anchors.attemptsWithNonce(epoch, chain.relayer, chainNonce)).length === 0;
    if (gap) this.#gapSince ??= now;
    else this.#gapSince = null;
    const vouched = batch.nonce === skipNonce;
    const { refusal } = dispatch;
    return nextMove(
      {
        nonce: batch.nonce,
        ours: batch.relayer === chain.relayer,
        chainNonce,
        spentForMs: vouched ? Infinity : this.#spentSince === null ? 0 : now - this.#spentSince,
        gapForMs: this.#gapSince === null ? 0 : now - this.#gapSince,
        fees: latest.fees,
        market: await chain.feeMarket(),
        cap: feeCap,
        sentForMs: now - dispatch.since,
        blocksSince: head - dispatch.block,
        refused:
          refusal === null ? null : isAboutFees(refusal) ? "fee" : isAboutFunds(refusal) ? "funds" : "other",
      },
      patience,
    );
  }

  /** After a reorganisation there may be several: each with its own nonce, and in their order. */
  async #sendAll(inFlight: readonly Batch[]): Promise<void> {
    const { store } = this.#options;
    const [first, ...others] = inFlight;
    for (const batch of inFlight) {
      const latest = (await store.read.anchors.attempts(batch.id)).at(-1);
      if (latest === undefined) continue;
      const refusal = await this.#send(latest);
      if (batch === first && this.#dispatch !== null) this.#dispatch.refusal = refusal;
    }
    if (others.length > 0) this.#options.log.info({ batches: inFlight.length }, "sent again, in order");
  }

  /** Returns what the node had against it, if anything; that decides nothing by itself. */
  async #send(transaction: SignedTransaction): Promise<string | null> {
    const { lease, chain } = this.#options;
    await lease.confirm();
    this.#unsent = null;
    try {
      await chain.broadcast(transaction);
      return null;
    } catch (error) {
      if (error instanceof ChainRejected) return error.message;
      if (this.#dispatch !== null) this.#dispatch.refusal = "nothing";
      throw error;
    }
  }

  /** Nonces before the batch's that the chain still waits for: a node may have forgotten what we sent with them. */
  async #fillGap(batch: Batch): Promise<void> {
    const { store, chain, epoch } = this.#options;
    for (let nonce = await chain.minedNonce(); nonce < batch.nonce; nonce++) {
      const sent = (await store.read.anchors.attemptsWithNonce(epoch, chain.relayer, nonce)).at(-1);
      if (sent !== undefined) await this.#send(sent);
    }
  }

  async #settle(
    batch: Batch,
    latest: AnchorAttempt,
    arrival: MinedAnchor | null,
    failures = 0,
  ): Promise<boolean> {
    if (arrival === null) await this.#renonce(batch, latest, failures);
    else await this.#setMined(batch, arrival);
    return arrival !== null;
  }

  /** The same calldata under another nonce. Should both get into blocks, the contract refuses the second. */
  async #renonce(batch: Batch, latest: AnchorAttempt, failures: number): Promise<void> {
    const { chain, lease, log, monotonic } = this.#options;
    if (failures >= MANY_FAILURES && monotonic() - this.#renoncedAt < FAILURE_PAUSE_MS) {
      throw new AnchorTrouble(
        "rejected",
        `${failures} transactions of one batch were reverted, ${latest.txHash} last; it is tried again every minute`,
      );
    }
    const envelope = await newEnvelope(this.#options, latest, failures);
    const signed = await chain.resign(latest, envelope);
    const { nonce, fees } = envelope;
    const attempt = { ...signed, batchId: batch.id, relayer: chain.relayer, nonce, fees };
    await lease.write((tx) => tx.anchors.addAttempt(attempt));
    this.#spentSince = null;
    this.#gapSince = null;
    this.#renoncedAt = monotonic();
    log.warn({ batch: batch.id, before: batch.nonce, nonce }, "the batch is sent with another nonce");
  }
}

function pauseAfter({ refusal, sendings }: Dispatch, { bumpAfterMs }: Patience): number {
  if (refusal !== null) return RETRY_MS;
  return Math.min(RESEND_MS.first * 2 ** (sendings - 1), RESEND_MS.most, bumpAfterMs / 2);
}
