import { readFileSync } from "node:fs";
import { expect } from "chai";
import { ProblemError, answerOf, ledgerClient } from "../../server/client/index.ts";
import { CLIENT_TYPES, clientTypes } from "../../scripts/client-types.ts";
import { openapiDocument } from "../../scripts/openapi-document.ts";
import { contractOf } from "../helpers/contract.ts";

describe("The typed client", () => {
  it("has the types that the OpenAPI document has now", async () => {
    const isCurrent = readFileSync(CLIENT_TYPES, "utf8") === (await clientTypes());
    expect(isCurrent, "server/client/api.d.ts is out of date: run `npm run client`").to.equal(true);
  }).timeout(30_000);

  const answering = (status: number, body: string, type = "application/problem+json") => {
    const requests: Request[] = [];
    const client = ledgerClient({
      url: "http://ledger.test",
      token: "ilk_key",
      fetch: async (request) => {
        requests.push(request);
        return new Response(body, { status, headers: { "content-type": type } });
      },
    });
    const check = { body: { phoneNumber: "+201234567890" } };
    return { requests, call: () => answerOf(client.POST("/api/pin/check-pin-exists", check)) };
  };
  const failure = (call: () => Promise<unknown>) =>
    call().then(
      () => null,
      (error: unknown) => error as Error,
    );

  it("brings its token, and gives the answer", async () => {
    const { requests, call } = answering(202, '{"exists":true}', "application/json");
    expect(await call()).to.deep.equal({ exists: true });
    expect(requests[0]?.headers.get("authorization")).to.equal("Bearer ilk_key");
    expect(requests[0]?.url).to.equal("http://ledger.test/api/pin/check-pin-exists");
  });

  it("makes an exception of a refusal, with the whole problem", async () => {
    const problem = {
      type: "/problems/x",
      title: "X",
      status: 429,
      detail: "Later.",
      code: "TOO_MANY_REQUESTS",
    };
    const error = await failure(answering(429, JSON.stringify(problem)).call);
    expect(error).to.be.instanceOf(ProblemError).with.property("message", "TOO_MANY_REQUESTS: Later.");
    expect((error as ProblemError).problem).to.deep.equal(problem);
  });

  it("takes no other server's page for an answer or a refusal", async () => {
    for (const body of ["<h1>Bad Gateway</h1>", '{"message":"no upstream"}', "null", ""]) {
      const error = await failure(answering(502, body, "text/html").call);
      expect(error, body).to.be.instanceOf(Error).and.not.instanceOf(ProblemError);
      expect(error?.message).to.contain("answered 502");
    }
  });
});

describe("The contract that tests hold answers to", () => {
  const problem = { type: "/problems/x", title: "X", status: 429, detail: "Later.", code: "X" };
  const recorded = {
    eventId: "01890000-0000-7000-8000-000000000000",
    eventUrl: "/e",
    txHash: null,
    blockNumber: null,
    anchor: { status: "pending", chainId: 1, contract: "0x", txHash: null, blockNumber: null },
  };
  const requested = { challengeId: recorded.eventId, expiresAt: "2026-01-31T09:00:00.000Z", ...recorded };

  it("sees a status, a type, a field or a value that is not documented, and nothing else", async () => {
    const contract = contractOf(await openapiDocument());
    const judge = (status: number, body: unknown, type = "application/json", path = "/api/otp/request") =>
      contract("POST", path, { status, headers: new Headers({ "content-type": type }), body });
    const problemType = "application/problem+json";
    expect(judge(202, requested, "application/json; charset=utf-8")).to.equal(null);
    expect(judge(202, requested, "application/json", "/%61pi/otp/request?x=1")).to.equal(null);
    expect(judge(429, { ...problem, more: 1 }, problemType)).to.equal(null);
    expect(judge(200, requested)).to.equal("the document has no 200");
    expect(judge(429, problem)).to.equal("the document has no application/json for 429");
    expect(judge(429, { ...problem, code: 1 }, problemType)).to.contain("code must be string");
    expect(judge(202, { ...requested, more: 1 })).to.contain("must NOT have additional properties");
    expect(judge(202, { ...requested, txHash: undefined })).to.contain("'txHash'");
    expect(judge(202, { ...requested, expiresAt: "soon" })).to.contain("expiresAt");
    expect(judge(500, "oops", "text/html", "/elsewhere")).to.equal(null);
  });
});
