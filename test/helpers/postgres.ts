/** PostgreSQL for tests: one server for the run, gone with it, and an empty database for whoever asks. */
import { startPostgres } from "./postgres-server.ts";
import type { PostgresServer } from "./postgres-server.ts";

let server: Promise<PostgresServer> | null = null;
let databases = 0;

/** An empty database of its own for a test, to be dropped when nothing is connected to it any more. */
export async function createDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  server ??= startPostgres();
  return (await server).createDatabase(`test_${++databases}`);
}

after("stop PostgreSQL", async () => {
  await (await server)?.stop();
});
