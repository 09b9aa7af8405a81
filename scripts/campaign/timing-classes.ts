/** The four kinds of guess that must not be told apart, and their latencies. */
import { CouldNotRun, progress } from "./command.ts";
import { WRONG_PIN, customers, several } from "./customers.ts";
import type { Customers } from "./customers.ts";
import type { HttpClient } from "./http.ts";
import type { Random } from "./random.ts";
import type { ServiceUnderTest } from "./service.ts";

export const CLASSES = ["unknown", "no PIN", "wrong PIN", "locked"] as const;
export type Class = (typeof CLASSES)[number];
export type Latencies = Readonly<Record<Class, number[]>>;

export interface TimingOptions {
  readonly calls: number;
  readonly warmUp: number;
  readonly concurrency: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** A lock comes with the fifth wrong guess: each subject is asked about less often than that. */
const GUESSES = 4;
/** A locked guess is not counted, so these may be asked about again and again. */
const LOCKED = 25;

interface Call {
  readonly kind: Class;
  readonly phone: string;
  readonly measured: boolean;
}

export async function measure(
  service: ServiceUnderTest,
  client: HttpClient,
  random: Random,
  options: TimingOptions,
): Promise<Latencies> {
  const people = customers(service, client, random);
  const calls = await plan(people, random, options);
  progress(`${calls.length} calls`);
  const latencies: Latencies = { unknown: [], "no PIN": [], "wrong PIN": [], locked: [] };
  let next = 0;
  const work = async () => {
    for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
      const reply = await people.verify(call.phone, WRONG_PIN, options.headers);
      const expected = call.kind === "locked" ? [423] : [200, 202];
      if (!expected.includes(reply.status))
        throw new CouldNotRun(`${call.kind} was answered ${reply.status}: ${reply.body}`);
      if (call.measured) latencies[call.kind].push(reply.ms);
      if (next % 500 === 0) progress(`${next} of ${calls.length}`);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return latencies;
}

/** Every round asks once in each class, in random order: what drifts on the machine falls on all of them alike. */
async function plan(people: Customers, random: Random, { calls, warmUp }: TimingOptions): Promise<Call[]> {
  const rounds = calls + warmUp;
  const groups = Math.ceil(rounds / GUESSES);
  progress(`setting up ${2 * groups + LOCKED} customers`);
  // All locks are young when the measurement begins, and 15 minutes long.
  const withPin = await several(groups, people.withPin);
  const consented = await several(groups, people.consented);
  const locked = await several(LOCKED, people.locked);
  const spread = (phones: readonly string[]) =>
    random.shuffle(Array.from({ length: rounds }, (_, i) => phones[i % phones.length] ?? ""));
  const phones: Record<Class, string[]> = {
    unknown: Array.from({ length: rounds }, people.newPhone),
    "no PIN": spread(consented),
    "wrong PIN": spread(withPin),
    locked: spread(locked),
  };
  return Array.from({ length: rounds }, (_, round) =>
    random
      .shuffle(CLASSES)
      .map((kind) => ({ kind, phone: phones[kind][round] ?? "", measured: round >= warmUp })),
  ).flat();
}
