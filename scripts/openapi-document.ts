import { pino } from "pino";
import { buildApp } from "../server/app.ts";
import type { Services } from "../server/app.ts";

/** The OpenAPI document as development has it, without starting anything. */
export async function openapiDocument() {
  // Routes are described by their schemas; no service is called but for the bindings that routes are made of.
  const services = { binding: {}, clients: {}, primaryAuth: {}, devIssuer: {}, consoleSignIn: null };
  const app = await buildApp(services as unknown as Services, {
    logger: pino({ level: "silent" }),
    limits: { perClient: 0, perPhone: 0, perUser: 0 },
    anchor: { waitMs: 0, required: false, maxBacklog: 10 },
    controller: "",
    console: {
      rpcUrl: null,
      chainId: 0,
      contract: "",
      adminRole: "",
      secure: false,
      url: null,
      folder: null,
    },
  });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}
