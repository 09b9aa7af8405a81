/** Run as a process of its own: opens the database at argv[2] and appends argv[3] events, one transaction each. */
import { openStore } from "../../server/storage/open.ts";
import { appendFor } from "./samples.ts";

const [, , url = "", count = "0"] = process.argv;
const store = await openStore({ url, newLedgerId: `process-${process.pid}` });
for (let i = 0; i < Number(count); i++) {
  await store.write((tx) => appendFor(tx, i % 2 === 0 ? "shared" : `own-${process.pid}`));
}
await store.close();
