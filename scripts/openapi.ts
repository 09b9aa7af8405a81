/** `node scripts/openapi.ts FILE`: writes the OpenAPI document, without starting anything. */
import { writeFile } from "node:fs/promises";
import { pino } from "pino";
import { buildApp } from "../server/app.ts";
import type { Services } from "../server/app.ts";

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error("Usage: node scripts/openapi.ts FILE");
  process.exit(2);
}
// Routes are described by their schemas; no service is called but for the bindings that routes are made of.
const app = await buildApp({ binding: {}, clients: {}, primaryAuth: {}, devIssuer: {} } as Services, {
  logger: pino({ level: "silent" }),
  limits: { perClient: 0, perPhone: 0, perUser: 0 },
  anchor: { waitMs: 0, required: false },
  controller: "",
});
await app.ready();
await writeFile(file, `${JSON.stringify(app.swagger(), null, 2)}\n`);
await app.close();
