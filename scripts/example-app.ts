/** `npm run example-app`: an application that asks for the session PIN before its page (docs/session-gate.md). */
import { parseArgs } from "node:util";
import { exampleApp } from "./example/app.ts";

const USAGE = `Usage: npm run example-app [-- options]

A page behind the session PIN (GET /) and an API that is not (GET /api/balance), in front of a running ledger
(npm start in another terminal). docs/session-gate.md walks through it.

  --ledger URL   the service             [http://127.0.0.1:3001]
  --port PORT    where this app listens  [3002]
`;

const { values: options } = parseArgs({
  options: {
    ledger: { type: "string", default: "http://127.0.0.1:3001" },
    port: { type: "string", default: "3002" },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (options.help) {
  console.log(USAGE);
} else {
  const app = exampleApp(options.ledger);
  const url = await app.listen({ host: "127.0.0.1", port: Number(options.port) });
  console.log(`\n  Page   ${url}/\n  API    ${url}/api/balance\n  Ledger ${options.ledger}\n`);
}
