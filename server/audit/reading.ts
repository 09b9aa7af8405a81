/** One reading of a ledger, event by event, beside the chain. */
import { LedgerRefusal } from "../ledger/index.ts";
import type { EventPayload } from "../ledger/index.ts";
import type { OpenLedger, StatedEvent } from "../ports/audit.ts";
import type { ChainFollower } from "./chain-follower.ts";
import { ConsentRules } from "./consent-rules.ts";
import type { DatabaseRules } from "./database-rules.ts";
import { EventRules } from "./event-rules.ts";
import type { EventRulesOptions } from "./event-rules.ts";
import type { Finding, Findings } from "./findings.ts";
import { LedgerTree } from "./ledger-tree.ts";
import type { ReplaySummary } from "./replay/index.ts";
import { Subjects } from "./subjects.ts";

/** Replays what the policies decided; see replay/. */
export interface Replay {
  accept(index: number, event: EventPayload): readonly Finding[];
  /** An event without a payload. */
  erased(index: number): readonly Finding[];
  end(): readonly Finding[];
  summary(): ReplaySummary;
}

/** What an audit remembers from one event to the next, and from one reading to the next. */
export class AuditMemory {
  readonly tree = new LedgerTree();
  readonly findings: Findings;
  readonly rules: EventRules;
  readonly subjects: Subjects;
  readonly consents: ConsentRules;
  readonly replay: Replay | null;
  firstTimestamp: string | null = null;
  lastTimestamp: string | null = null;

  constructor(findings: Findings, options: EventRulesOptions & { readonly replay: Replay | null }) {
    this.findings = findings;
    this.rules = new EventRules(findings, options);
    this.subjects = new Subjects(findings);
    this.consents = new ConsentRules(findings);
    this.replay = options.replay;
  }
}

/** Events that were looked at by themselves only: they are not anchored, and may look different next time. */
export interface Pending {
  readonly tree: LedgerTree;
  readonly emptied: number;
  readonly explained: number;
}

export interface ReadingOptions {
  readonly ledger: OpenLedger;
  readonly follower: ChainFollower;
  readonly database: DatabaseRules;
  /** Events from this index on are not remembered. */
  readonly until: number;
  /** Called at each page. */
  readonly onProgress: (read: number, size: number) => void;
  /** Called at each size that is reached. */
  readonly onSize: (tree: LedgerTree) => void;
}

/** Reads until the end, or until there are findings enough. */
export async function readEvents(memory: AuditMemory, options: ReadingOptions): Promise<Pending> {
  const { ledger, until, database, onProgress } = options;
  const { tree, findings } = memory;
  const pending = { tree: tree.fork(), emptied: 0, explained: 0 };
  let next = tree.size;
  await database.begin(tree);
  for await (const page of wellFormed(ledger, findings, () => next)) {
    for (const stated of page) {
      if (!inPlace(stated, next, findings)) return pending;
      if (next < until) {
        await readEvent(memory, stated, options);
        if (tree.size === until) pending.tree = tree.fork();
      } else {
        readPending(memory, stated, pending);
      }
      if (findings.enough) return pending;
      next += 1;
    }
    onProgress(next, ledger.size);
  }
  if (next < ledger.size && !findings.enough) {
    findings.addFatal(
      "event_missing",
      next,
      `Event ${next} is missing, and all after it, of ${ledger.size}.`,
    );
  }
  if (tree.size < until) pending.tree = tree.fork();
  return pending;
}

async function readEvent(memory: AuditMemory, stated: StatedEvent, options: ReadingOptions): Promise<void> {
  const { tree, rules, subjects, consents, replay, findings } = memory;
  const { follower, database, onSize } = options;
  const { index } = stated;
  const anchor = await follower.cover(index);
  const event = rules.read(stated);
  tree.append(follower.digest(index, stated.digest), [follower.onNode, ...database.listeners]);
  follower.checkRoot(tree);
  onSize(tree);
  if (stated.payload === null) {
    subjects.emptiedAt(index);
    if (replay !== null) findings.addAll(replay.erased(index));
  }
  database.columns(stated, event);
  if (event !== null) {
    rules.check(event, index, anchor);
    subjects.check(event, index);
    if (replay !== null) findings.addAll(replay.accept(index, event));
    memory.firstTimestamp ??= event.timestamp;
    memory.lastTimestamp = event.timestamp;
  }
  if (anchor !== null) {
    const taken = consents.event(index, event, follower);
    if (taken !== null) await taken;
  }
  await database.appended(tree, anchor);
}

function readPending(
  { rules, subjects }: AuditMemory,
  stated: StatedEvent,
  pending: { tree: LedgerTree; emptied: number; explained: number },
): void {
  const event = rules.read(stated);
  pending.tree.append(stated.digest);
  if (stated.payload === null) pending.emptied += 1;
  if (event !== null) pending.explained += subjects.explains(event);
}

function inPlace({ index, digest }: StatedEvent, expected: number, findings: Findings): boolean {
  if (index > expected) {
    findings.addFatal(
      "event_missing",
      expected,
      `Event ${expected} is missing: ${index} follows on ${expected - 1}.`,
    );
  } else if (index < expected) {
    findings.addFatal("event_unexpected", index, `There is a second event ${index}.`);
  } else if (!/^0x[0-9a-f]{64}$/.test(digest)) {
    findings.addFatal("digest_malformed", index, `The digest of event ${index} is not one of 32 bytes.`);
  } else {
    return true;
  }
  return false;
}

/** The pages of the source; that it has not the form it must have is a finding, where it was noticed. */
async function* wellFormed(
  ledger: OpenLedger,
  findings: Findings,
  next: () => number,
): AsyncGenerator<readonly StatedEvent[], void> {
  try {
    yield* ledger.events();
  } catch (error) {
    if (!(error instanceof LedgerRefusal)) throw error;
    findings.addFatal(error.code, next(), `The source is damaged: ${error.message}.`);
  }
}
