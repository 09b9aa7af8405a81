import openapiTS, { astToString } from "openapi-typescript";
import type { OpenAPI3 } from "openapi-typescript";
import { openapiDocument } from "./openapi-document.ts";

export const CLIENT_TYPES = new URL("../server/client/api.d.ts", import.meta.url);

const HEADER =
  "/** Generated from the OpenAPI document by `npm run client`: change the routes' schemas instead. */\n\n";

/** What server/client/api.d.ts must hold. */
export async function clientTypes(): Promise<string> {
  return HEADER + astToString(await openapiTS((await openapiDocument()) as OpenAPI3));
}
