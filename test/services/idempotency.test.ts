import { expect } from "chai";
import { Refusal } from "../../server/domain/errors.ts";
import { SECOND } from "../../server/domain/time.ts";
import { createIdempotency } from "../../server/services/idempotency.ts";
import type { IdempotencyToken } from "../../server/services/idempotency.ts";
import { createRecorder } from "../../server/services/recorder.ts";
import type { Store } from "../../server/ports.ts";
import { conformance } from "../storage/conformance.ts";
import { NOW } from "../storage/samples.ts";

const REQUEST = { id: "k", fingerprint: "request" };

conformance("an operation with an Idempotency-Key", (database) => {
  async function service() {
    const store = await database.open();
    const clock = { time: NOW, now: () => clock.time };
    const recorder = createRecorder({
      store,
      clock,
      randomBytes: (length) => new Uint8Array(length),
      onCommitted: () => {},
    });
    /** One change, by which it is seen whether it was done. */
    const act = (name: string) => (token: IdempotencyToken | null) =>
      recorder.commit(async (unit) => {
        await unit.tx.adminActions.append(name, unit.now);
        return unit.remember({ did: name });
      }, token);
    return { store, clock, act, recorder, idempotency: createIdempotency({ store, clock }) };
  }
  const done = async (store: Store) =>
    (await store.read.adminActions.page(null, 10)).map(({ action }) => action);
  const failed = (error: unknown) => error as Refusal;

  it("that outlives its lease is not done a second time beside the one that took over", async () => {
    const { store, clock, act, idempotency } = await service();
    const slow = await idempotency
      .run(REQUEST, async (token) => {
        clock.time += 31 * SECOND;
        await idempotency.run(REQUEST, act("second"));
        return act("first")(token);
      })
      .catch(failed);
    expect(slow).to.be.instanceOf(Refusal).and.to.include({ code: "IDEMPOTENCY_IN_FLIGHT" });
    expect(await done(store)).to.deep.equal(["second"]);
    let replayed = false;
    const repeated = await idempotency.run(REQUEST, act("third"), () => (replayed = true));
    expect(repeated).to.deep.equal({ did: "second" });
    expect(replayed).to.equal(true);
  });

  it("that was refused is refused again as it was, and the time to wait has run on", async () => {
    const { clock, recorder, idempotency } = await service();
    const refusal = new Refusal("PIN_LOCKED", "Wait.", {
      reason: "locked",
      retryAfterMs: 10 * SECOND,
      members: { lockedUntil: "later" },
    });
    const refuse = async (token: IdempotencyToken | null): Promise<object> => {
      await recorder.commit((unit) => unit.remember(refusal), token);
      throw refusal;
    };
    const { code, message, reason, members } = await idempotency
      .run(REQUEST, refuse)
      .then(() => null as never, failed);
    clock.time += 4 * SECOND;
    let replayed = false;
    const again = await idempotency.run(REQUEST, refuse, () => (replayed = true)).catch(failed);
    expect(again).to.deep.include({ code, message, reason, members, retryAfterMs: 6 * SECOND });
    expect(replayed).to.equal(true);
  });

  it("that fails late does not open the key to a third while a second is at work", async () => {
    const { store, clock, act, idempotency } = await service();
    let second: Promise<unknown> = Promise.resolve();
    let finish = () => {};
    const held = new Promise<void>((resolve) => (finish = resolve));
    await idempotency
      .run(REQUEST, async () => {
        clock.time += 31 * SECOND;
        await new Promise<void>((begun) => {
          second = idempotency.run(REQUEST, async (token) => {
            begun();
            await held;
            return act("second")(token);
          });
        });
        throw new Error("the database was away for too long");
      })
      .catch(() => {});
    const third = await idempotency.run(REQUEST, act("third")).catch(failed);
    expect(third).to.include({ code: "IDEMPOTENCY_IN_FLIGHT" });
    finish();
    await second;
    expect(await done(store)).to.deep.equal(["second"]);
  });
});
