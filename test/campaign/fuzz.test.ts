import { createHash } from "node:crypto";
import { expect } from "chai";
import { ledgerClient } from "../../server/client/index.ts";
import { newSeed, seededRandom } from "../../scripts/campaign/random.ts";
import { GOOD_PIN, newPhone, onboard, verify } from "../helpers/customer.ts";
import { contractOf } from "../helpers/contract.ts";
import { startService } from "../helpers/service.ts";
import { API_KEY, leaked } from "./fuzz/canaries.ts";
import { Api } from "./fuzz/openapi.ts";
import { broken, readable, undocumented } from "./fuzz/promises.ts";
import { fuzzRequest } from "./fuzz/requests.ts";
import { World } from "./fuzz/world.ts";
import { Wire } from "./fuzz/wire.ts";

/** How many requests; `FUZZ=100000 npm test -- test/campaign/fuzz.test.ts` for a campaign. */
const REQUESTS = Number(process.env.FUZZ ?? 3_000);
/** `SEED=…` brings the same requests again; only what the service made up (codes, ids) differs. */
const SEED = Number(process.env.SEED ?? newSeed());
const CONNECTIONS = 24;
/** So often a new customer with a PIN joins: the fuzzer locks and erases those that there are. */
const REQUESTS_PER_CUSTOMER = 25;
/** Users with access tokens; few, so that what one does meets what another did. */
const ACCOUNTS = 8;
/** Kinds of them: of each one the last is told. */
const ENOUGH_FAILURES = 12;

/** The service must know the fuzzer's key, have room for all it asks, and wait for no block and no disk. */
const SETTINGS = {
  API_KEYS: `fuzzer:pin+audit+erase:${createHash("sha256").update(API_KEY).digest("hex")}`,
  HASH_QUEUE: "100000",
  ANCHOR_WAIT_MS: "0",
  DATABASE_URL: "sqlite::memory:",
  RATE_LIMIT_CLIENT: "0",
  RATE_LIMIT_PHONE: "0",
  RATE_LIMIT_USER: "0",
};

describe("Malformed requests", function () {
  this.timeout(60_000 + REQUESTS * 20);

  it(`bring about no fault and no leak: ${REQUESTS} of them, all over the API (SEED=${SEED})`, async () => {
    const world = new World();
    const service = await startService(SETTINGS, {
      otpTransport: { send: async ({ phoneNumber, code }) => world.sent(phoneNumber, code) },
    });
    const customer = {
      otp: (phone: string) => world.code(phone),
      client: ledgerClient({ url: service.url, token: API_KEY }),
    };
    try {
      const document = (await service.get("/openapi.json")).body;
      const api = new Api(document, world);
      const contract = contractOf(document);
      expect(api.operations.length).to.be.greaterThan(5);
      for (const phoneNumber of world.phones.slice(0, ACCOUNTS)) {
        const claims = { sub: phoneNumber, phoneNumber, roles: ["admin"], expiresIn: 86_400 };
        world.tokens.push((await service.signIn(claims)).authorization.replace("Bearer ", ""));
      }
      const failures = new Map<string, string>();
      const statuses = new Map<string, number>();
      const startedAt = performance.now();

      let next = 0;
      const work = async () => {
        const wire = new Wire(service.url);
        while (next < REQUESTS && failures.size < ENOUGH_FAILURES) {
          const number = next++;
          if (number % REQUESTS_PER_CUSTOMER === 0) {
            const phone = newPhone();
            await onboard(customer, phone);
            world.join(phone);
          }
          const request = fuzzRequest(seededRandom(SEED + number), api, world.tokens);
          const answer = await wire.send(request);
          const status = String(answer?.status ?? "closed");
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          const promise = broken(request, answer) ?? undocumented(contract, request, answer);
          if (promise !== null) {
            failures.set(
              promise,
              `${request.label}\n${readable(request.bytes)}\n→ ${status} ${readable(answer?.body ?? "")}`,
            );
          } else if (answer !== null && answer.status < 300 && answer.body.startsWith("{")) {
            world.learn(JSON.parse(answer.body));
          }
        }
        wire.close();
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, work));

      const seconds = (performance.now() - startedAt) / 1000;
      if (process.env.FUZZ !== undefined) {
        const counts = [...statuses].sort().map(([status, count]) => `${status}: ${count}`);
        console.log(`      ${(next / seconds).toFixed(0)} requests/s; ${counts.join(", ")}`);
      }
      const told = [...failures].map(([what, how]) => `\n--- ${what}\n${how}`).join("\n");
      expect(failures.size, `SEED=${SEED} FUZZ=${REQUESTS}${told}\n`).to.equal(0);
      // Otherwise all of them were stopped at the door, and nothing behind it was tried.
      expect(statuses.get("202") ?? 0, "operations that went through").to.be.greaterThan(REQUESTS / 100);

      for (const line of service.log)
        expect(leaked(line, world.codes), `SEED=${SEED}: ${line}`).to.equal(null);
      expect(Object.keys(Object.prototype)).to.deep.equal([]);
      expect(({} as { polluted?: unknown }).polluted).to.equal(undefined);

      const phone = newPhone();
      await onboard(customer, phone);
      expect((await verify(customer, phone, GOOD_PIN)).body.valid).to.equal(true);
      expect((await service.get("/health/ready")).status).to.equal(200);
    } finally {
      await service.close();
    }
  });
});
