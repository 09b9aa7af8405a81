/**
 * Nothing but hashing: as many verifications at once as there are cores. `ours` is the engine that the service would
 * load, with a pepper; `argon2` the package of that name, as its documentation shows it.
 */
import { randomBytes } from "node:crypto";
import argon2 from "argon2";
import { toConfig } from "../../server/config/config.ts";
import { readEnv } from "../../server/config/env.ts";
import { loadArgon2 } from "../../server/crypto/argon2-engine.ts";
import { parsePhc } from "../../server/crypto/phc.ts";
import { yieldHashesToEventLoop } from "../../server/crypto/worker-priority.ts";
import { processorTimeEach, processorTimeOf } from "../campaign/processor-time.ts";
import { answerQuestions } from "./contender-process.ts";

const PIN = "839271";
const [which = "", cores = "1"] = process.argv.slice(2);
const { argon2: params } = toConfig(readEnv({}));

async function ours(): Promise<() => Promise<boolean>> {
  const engine = await loadArgon2(params.engine);
  await yieldHashesToEventLoop();
  const pepper = randomBytes(32);
  const verifier = parsePhc(await engine.hash(PIN, pepper, params));
  if (verifier.kind !== "argon2") throw new Error("the engine does not make Argon2 verifiers");
  return () => engine.verify(verifier, PIN, pepper);
}

async function plain(): Promise<() => Promise<boolean>> {
  const phc = await argon2.hash(PIN, {
    type: argon2.argon2id,
    memoryCost: params.memory,
    timeCost: params.time,
    parallelism: params.parallelism,
    hashLength: 32,
  });
  return () => argon2.verify(phc, PIN);
}

const verify = await (which === "ours" ? ours() : plain());

answerQuestions<{ readonly seconds: number }>({}, async ({ seconds }) => {
  const startedAt = performance.now();
  const to = startedAt + seconds * 1000;
  const latencies: number[] = [];
  const before = processorTimeOf(process.pid);
  const work = async () => {
    while (performance.now() < to) {
      const from = performance.now();
      if (!(await verify())) throw new Error("the right PIN does not match");
      latencies.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: Number(cores) }, work));
  return {
    perSecond: (latencies.length * 1000) / (performance.now() - startedAt),
    latencies,
    processor: processorTimeEach(before, processorTimeOf(process.pid), latencies.length),
    loadMs: null,
  };
});
