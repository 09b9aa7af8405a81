/** The console's pages: three documents, and the files that they load. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyPluginAsync, FastifyReply } from "fastify";

const PAGES = { customer: "index.html", admin: "admin.html", audit: "audit.html" } as const;
type Page = keyof typeof PAGES;

/** Nothing inline, nothing from elsewhere, no frame, and no text that becomes markup. */
const POLICY = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self'",
  "img-src": "'self' data:",
  "connect-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'self'",
  "frame-ancestors": "'none'",
  "require-trusted-types-for": "'script'",
  "trusted-types": "'none'",
};

/** An auditor asks a chain of his own choice: that one page may connect anywhere. Its scripts are ours alone, as all are. */
const CONNECT: Readonly<Record<Page, string>> = {
  customer: "'self'",
  admin: "'self'",
  audit: "'self' https: http://127.0.0.1:* http://localhost:*",
};

export const isConsoleBuilt = (folder: string): boolean => existsSync(join(folder, PAGES.customer));

/** @param options.folder what `npm run build-console` made */
export function consolePages(options: { readonly folder: string }): FastifyPluginAsync {
  return async (app) => {
    await app.register(fastifyStatic, { root: options.folder, serve: false, index: false });
    const show = (reply: FastifyReply, page: Page) =>
      reply
        .header("content-security-policy", policyOf(page))
        .header("cache-control", "no-cache")
        .sendFile(PAGES[page], { cacheControl: false });

    // Their names change with what is in them.
    app.get<{ Params: { "*": string } }>("/console/assets/*", { schema: { hide: true } }, (request, reply) =>
      reply.sendFile(`assets/${request.params["*"]}`, { maxAge: "365d", immutable: true }),
    );
    const routes: readonly (readonly [Page, readonly string[]])[] = [
      ["customer", ["/console", "/console/*"]],
      ["admin", ["/console/admin", "/console/admin/*"]],
      ["audit", ["/console/audit", "/console/audit/*"]],
    ];
    for (const [page, addresses] of routes) {
      for (const address of addresses) {
        app.get(address, { schema: { hide: true } }, (_request, reply) => show(reply, page));
      }
    }
    app.get("/", { schema: { hide: true } }, (_request, reply) => reply.redirect("/console"));
  };
}

const policyOf = (page: Page): string =>
  Object.entries({ ...POLICY, "connect-src": CONNECT[page] })
    .map(([name, value]) => `${name} ${value}`)
    .join("; ");
