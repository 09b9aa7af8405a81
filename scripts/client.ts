/** `npm run client`: writes the types of the client (server/client/), after a route or a schema was changed. */
import { writeFile } from "node:fs/promises";
import { CLIENT_TYPES, clientTypes } from "./client-types.ts";

await writeFile(CLIENT_TYPES, await clientTypes());
console.log("server/client/api.d.ts is what the OpenAPI document says.");
