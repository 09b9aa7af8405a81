import { expect } from "chai";
import { pino } from "pino";
import { buildApp } from "../../server/app.ts";
import type { AppOptions, Services } from "../../server/app.ts";
import { Refusal } from "../../server/domain/errors.ts";
import { DatabaseUnavailable } from "../../server/ports.ts";
import { createClients } from "../../server/services/clients.ts";

/** The HTTP layer alone: whatever would reach a service fails. */
function app(services: Partial<Services> = {}, options: Partial<AppOptions> = {}) {
  const metrics = { served() {}, refused() {} } as unknown as Services["metrics"];
  const stubs = {
    binding: {},
    clients: createClients([]),
    primaryAuth: {},
    devIssuer: null,
    metrics,
    ...services,
  } as Services;
  return buildApp(stubs, {
    logger: pino({ level: "silent" }),
    limits: { perClient: 0, perPhone: 0, perUser: 0 },
    anchor: { waitMs: 0, required: false, maxBacklog: 10 },
    controller: "",
    ...options,
  });
}

describe("The HTTP layer", () => {
  it("takes the caller's address from a load balancer that it trusts, and from nobody else", async () => {
    const ipSeen = async (trustProxy: readonly string[], remoteAddress: string) => {
      const built = await app({}, { trustProxy });
      built.get("/ip", async (request) => ({ ip: request.ip }));
      const headers = { "x-forwarded-for": "198.51.100.1, 203.0.113.9" };
      const answer = await built.inject({ url: "/ip", headers, remoteAddress });
      await built.close();
      return answer.json<{ ip: string }>().ip;
    };
    expect(await ipSeen([], "10.0.0.1")).to.equal("10.0.0.1");
    expect(await ipSeen(["10.0.0.0/8"], "10.0.0.1")).to.equal("203.0.113.9");
    expect(await ipSeen(["10.0.0.0/8"], "192.0.2.1")).to.equal("192.0.2.1");
  });

  it("lets go of requests that wait for the chain before it stops listening", async () => {
    let listening: boolean | null = null;
    const anchorer = { release: () => (listening = built.server.listening) };
    const built = await app({ anchorer: anchorer as unknown as Services["anchorer"] });
    await built.listen({ host: "127.0.0.1", port: 0 });
    await built.close();
    expect(listening).to.equal(true);
  });

  it("tells who comes while it closes to go elsewhere", async () => {
    const built = await app({ anchorer: { release() {} } as unknown as Services["anchorer"] });
    let answer: Response | null = null;
    built.addHook("preClose", async () => {
      answer = await fetch(`${url}/health/live`);
    });
    const url = await built.listen({ host: "127.0.0.1", port: 0 });
    await built.close();
    const { status, headers } = answer as unknown as Response;
    expect(status).to.equal(503);
    expect(headers.get("content-type")).to.match(/^application\/problem\+json/);
    expect(headers.get("retry-after")).to.equal("1");
    expect(headers.get("connection")).to.equal("close");
  });

  it("refuses at capacity before it reads what was sent, unless that may repeat an operation", async () => {
    const hasher = {
      assertRoom() {
        throw new Refusal("OVERLOADED", "Full.", { retryAfterMs: 1_000 });
      },
    };
    const anchorer = { state: () => ({ trouble: null, backlog: 0 }) };
    const built = await app({ hasher, anchorer } as unknown as Partial<Services>);
    const post = async (url: string, headers: Record<string, string> = {}) => {
      const answer = await built.inject({ method: "POST", url, headers, payload: { pin: 1 } });
      return answer.json<{ status: number }>().status;
    };
    for (const url of ["/api/pin/verify-pin", "/api/pin/change-pin"]) {
      expect(await post(url), url).to.equal(503);
      expect(await post(url, { "idempotency-key": "a-key" }), `${url}, read`).to.equal(400);
    }
    expect(await post("/api/pin/check-pin-exists"), "hashes nothing").to.equal(400);
    await built.close();
  });

  it("refuses operations while the chain is down, however their address is spelled", async () => {
    const anchorer = { state: () => ({ trouble: { message: "down", since: 0 } }) };
    const built = await app(
      { anchorer: anchorer as unknown as Services["anchorer"] },
      { anchor: { waitMs: 0, required: true, maxBacklog: 10 } },
    );
    for (const url of ["/api/pin/set", "/%61pi/pin/set"]) {
      const answer = await built.inject({ method: "POST", url, payload: {} });
      expect(answer.json()).to.include({ status: 503, reason: "chain_unavailable" });
    }
    await built.close();
  });

  it("takes no more operations when too many events wait for the chain, whether or not that is required", async () => {
    const anchorer = { state: () => ({ trouble: null, backlog: 10 }) };
    const built = await app({ anchorer: anchorer as unknown as Services["anchorer"] });
    const answer = await built.inject({ method: "POST", url: "/api/pin/set", payload: {} });
    expect(answer.json()).to.include({ status: 503, reason: "backlog_full" });
    await built.close();
  });

  it("answers 503 and what to expect when the database does not take a write", async () => {
    const built = await app();
    built.get("/full", () => {
      throw new DatabaseUnavailable("full", { cause: new Error("database or disk is full") });
    });
    const answer = await built.inject({ url: "/full" });
    expect(answer.headers["retry-after"]).to.equal("5");
    expect(answer.json()).to.include({
      status: 503,
      code: "DATABASE_UNAVAILABLE",
      reason: "database_full",
      type: "/problems/database-unavailable",
    });
    await built.close();
  });

  it("documents for every operation the headers it takes and the refusals that any may meet", async () => {
    const built = await app();
    await built.ready();
    type Operation = { parameters?: { name: string; in: string }[]; responses: Record<string, unknown> };
    const { paths } = built.swagger() as unknown as { paths: Record<string, Record<string, Operation>> };
    for (const [path, methods] of Object.entries(paths)) {
      if (!path.startsWith("/api/")) continue;
      for (const [method, { parameters = [], responses }] of Object.entries(methods)) {
        expect(responses, path).to.include.keys("401", "429", "500");
        // A cosignature adds nothing to the ledger.
        if (method !== "post" || path === "/api/ledger/cosignatures") continue;
        expect(responses, path).to.include.keys("400", "409", "413", "415", "422", "503");
        const headers = parameters.filter((one) => one.in === "header").map(({ name }) => name);
        expect(headers, path).to.have.members(["Prefer", "Idempotency-Key"]);
      }
    }
    await built.close();
  });
});
