/** `npm run api-key`: makes a key for a client, and the entry of API_KEYS that lets it in. */
import { createHash, randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { SCOPES, isScope } from "../server/services/clients.ts";

const USAGE = `Usage: npm run api-key -- CLIENT [--scope SCOPE]…

Prints a new API key for the client (shown once: only its hash is configured) and the entry to add to API_KEYS.
To rotate, add a second entry for the client, let it move to the new key, and remove the first.

  --scope SCOPE   ${SCOPES.join(", ")}; may be given several times   [pin]
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scope: { type: "string", multiple: true, default: ["pin"] },
    help: { type: "boolean", short: "h", default: false },
  },
});
const [client] = positionals;
const unknown = values.scope.filter((scope) => !isScope(scope));

if (values.help) {
  console.log(USAGE);
} else if (
  client === undefined ||
  positionals.length > 1 ||
  !/^[\w-]{1,64}$/.test(client) ||
  unknown.length > 0
) {
  console.error(
    unknown.length > 0
      ? `Unknown scope: ${unknown.join(", ")}\n`
      : "One client name, of letters, digits, _ and -.\n",
  );
  console.error(USAGE);
  process.exitCode = 2;
} else {
  const key = `ilk_${randomBytes(32).toString("base64url")}`;
  const hash = createHash("sha256").update(key).digest("hex");
  console.log(`Key for ${client} (Authorization: Bearer …), shown only here:\n\n  ${key}\n`);
  console.log(`Entry for API_KEYS:\n\n  ${client}:${values.scope.join("+")}:${hash}`);
}
