import { expect } from "chai";
import { auditor } from "../helpers/auditor.ts";
import { eventOf, newAccount, signIn, signInAdmin } from "../helpers/account.ts";
import type { SignedIn } from "../helpers/account.ts";
import { startService } from "../helpers/service.ts";
import type { Answer, TestService } from "../helpers/service.ts";

type Headers = Record<string, string>;
type Operation = (me: SignedIn, admin: SignedIn, id: string, headers: Headers) => Promise<Answer>;

/** Every operation of the account surfaces, in an order in which each succeeds, with its event. */
const OPERATIONS: readonly (readonly [string, string, Operation])[] = [
  ["setAccountPin", "pin_set", (me, _, __, h) => me.post("/api/v1/pin", { pin: "471100" }, h)],
  ["setAccountPin", "pin_change", (me, _, __, h) => me.post("/api/v1/pin", { pin: "081500" }, h)],
  ["verifyAccountPin", "pin_verify", (me, _, __, h) => me.post("/api/v1/pin/verify", { pin: "081500" }, h)],
  ["deleteAccountPin", "pin_delete", (me, _, __, h) => me.delete("/api/v1/pin", undefined, h)],
  [
    "createSessionPin",
    "pin_set",
    (me, _, __, h) => me.post("/api/session/pin", { pin: "4711", confirmation: "4711" }, h),
  ],
  [
    "verifySessionPin",
    "pin_verify",
    (me, _, __, h) => me.post("/api/session/pin/verify", { pin: "4711" }, h),
  ],
  [
    "changeSessionPin",
    "pin_change",
    (me, _, __, h) =>
      me.post("/api/session/pin/change", { currentPin: "4711", newPin: "0815", confirmation: "0815" }, h),
  ],
  [
    "resetSessionPin",
    "pin_reset",
    (me, _, __, h) => me.post("/api/session/pin/reset", { pin: "4711", confirmation: "4711" }, h),
  ],
  ["endSession", "session_end", (me, _, __, h) => me.delete("/api/session", undefined, h)],
  [
    "searchSubject",
    "admin_search",
    (_, admin, account, h) => admin.post("/api/admin/subjects/search", { account }, h),
  ],
  [
    "unlockSubjectPin",
    "admin_unlock",
    (_, admin, id, h) => admin.post(`/api/admin/subjects/${id}/unlock`, {}, h),
  ],
  [
    "setTemporaryPin",
    "admin_temporary_pin",
    (_, admin, id, h) => admin.post(`/api/admin/subjects/${id}/temporary-pin`, {}, h),
  ],
  [
    "resetSubjectPin",
    "admin_reset",
    (_, admin, id, h) => admin.post(`/api/admin/subjects/${id}/reset`, {}, h),
  ],
];

describe("Every operation of the account surfaces", () => {
  let api: TestService;
  before(async () => {
    api = await startService();
  });
  after(() => api.close());

  async function* operations(): AsyncGenerator<{
    name: string;
    type: string;
    perform: (headers?: Headers) => Promise<Answer>;
  }> {
    const sub = newAccount();
    const [me, admin] = [await signIn(api, { sub }), await signInAdmin(api)];
    let id = sub;
    for (const [name, type, operation] of OPERATIONS) {
      yield { name, type, perform: (headers = {}) => operation(me, admin, id, headers) };
      if (name === "searchSubject") {
        id = (await admin.post("/api/admin/subjects/search", { account: sub })).body.subjectId as string;
      }
    }
  }

  it("is an event that an auditor finds on the chain, at the txHash and blockNumber that were told", async () => {
    const audit = auditor(api.rpcUrl, api.contract);
    for await (const { name, type, perform } of operations()) {
      const answer = await perform();
      expect(answer.status, `${name}: ${JSON.stringify(answer.body)}`).to.equal(200);
      expect((await eventOf(api, answer)).type).to.equal(type);
      const { body: receipt } = await api.get(`${answer.body.eventUrl as string}/receipt`);
      const verdict = await audit.verify(receipt);
      expect(verdict.ok, `${name}: ${JSON.stringify(verdict)}`).to.equal(true);
      expect(receipt.anchor.txHash).to.equal(answer.body.txHash);
      const transaction = await audit.provider.getTransactionReceipt(answer.body.txHash as string);
      expect(transaction?.blockNumber).to.equal(answer.body.blockNumber);
    }
    audit.close();
  });

  it("is done once for an Idempotency-Key", async () => {
    for await (const { name, type, perform } of operations()) {
      const key = { "idempotency-key": `${name}-${type}` };
      const [first, again] = [await perform(key), await perform(key)];
      expect(again.status, name).to.equal(200);
      expect(again.headers.get("idempotency-replayed"), name).to.equal("true");
      expect(again.body.eventId, name).to.equal(first.body.eventId);
    }
  });

  it("answers 202 with the event's address where the client would not wait for the block", async () => {
    for await (const { name, perform } of operations()) {
      const answer = await perform({ prefer: "respond-async" });
      expect(answer.headers.get("preference-applied"), name).to.equal("respond-async");
      expect(answer.body.eventUrl, name).to.match(/^\/api\/ledger\/events\//);
      expect(answer.status, name).to.equal(answer.body.anchor.status === "pending" ? 202 : 200);
    }
  });

  it("stands in the OpenAPI document, for users with an access token alone, with its Idempotency-Key", async () => {
    const { body: document } = await api.get("/openapi.json");
    const described = new Map<string, { security: unknown; parameters?: { name: string }[] }>();
    for (const methods of Object.values<Record<string, { operationId: string; security: unknown }>>(
      document.paths,
    )) {
      for (const operation of Object.values(methods)) described.set(operation.operationId, operation);
    }
    for (const [name] of OPERATIONS) {
      const operation = described.get(name);
      expect(operation?.security, name).to.deep.equal([{ bearerAuth: [] }]);
      expect(operation?.parameters?.map((parameter) => parameter.name)).to.include("Idempotency-Key");
    }
  });

  it("goes by neutral error codes: FRA_ is the FRA surface's alone", async () => {
    const me = await signIn(api, { sub: newAccount() });
    const refusals = [
      await me.post("/api/v1/pin", { pin: "1" }),
      await me.post("/api/v1/pin/verify", { pin: "1234" }),
      await me.post("/api/session/pin", {}),
      await me.get("/api/admin/actions"),
      await api.get("/api/session"),
    ];
    for (const { body } of refusals) expect(body.code).to.match(/^(?!FRA_)[A-Z_]+$/);
    expect(api.log.filter((line) => line.includes('"policy":"s') && line.includes("FRA_"))).to.deep.equal([]);
  });
});
