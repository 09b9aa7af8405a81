import { readFileSync, readdirSync } from "node:fs";

/** What a process has taken of its cores since it began, in milliseconds. */
export interface ProcessorTime {
  readonly all: number;
  /** By the threads of libuv's pool, which hash and do little else. */
  readonly pool: number;
}

/** Null where that cannot be told: it is read from Linux's /proc. */
export function processorTimeOf(pid: number): ProcessorTime | null {
  try {
    let pool = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const { name, ms } = read(`/proc/${pid}/task/${thread}/stat`);
      if (name === "libuv-worker") pool += ms;
    }
    return { all: read(`/proc/${pid}/stat`).ms, pool };
  } catch {
    return null;
  }
}

/** @returns what was taken in between, for each of `count` */
export function processorTimeEach(
  before: ProcessorTime | null,
  after: ProcessorTime | null,
  count: number,
): ProcessorTime | null {
  if (before === null || after === null) return null;
  return { all: (after.all - before.all) / count, pool: (after.pool - before.pool) / count };
}

/** proc(5): the name, in brackets, may hold spaces; utime and stime are fields 14 and 15, in hundredths of a second. */
function read(path: string): { name: string; ms: number } {
  const [, name = "", rest = ""] = /\((.*)\) (.*)/s.exec(readFileSync(path, "utf8")) ?? [];
  const fields = rest.split(" ");
  return { name, ms: (Number(fields[11]) + Number(fields[12])) * 10 };
}
