/** `node scripts/openapi.ts FILE`: writes the OpenAPI document, without starting anything. */
import { writeFile } from "node:fs/promises";
import { openapiDocument } from "./openapi-document.ts";

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error("Usage: node scripts/openapi.ts FILE");
  process.exit(2);
}
await writeFile(file, `${JSON.stringify(await openapiDocument(), null, 2)}\n`);
