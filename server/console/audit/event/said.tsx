/** What an event says, for people: every field, with the names that we know and as it is where we know none. */
import { addresses } from "../addresses.ts";
import { eventWords, fieldName, policyName, typeName } from "../event-words.ts";
import { Fact } from "../facts.tsx";
import { number } from "../format.ts";
import { Hash, Instant, Quoted } from "../value.tsx";
import { visible } from "../visible.ts";
import { common } from "../words.ts";
import { eventPageWords } from "./words.ts";

type Payload = Readonly<Record<string, unknown>>;

/** Shown on their own, above the others. */
const HEAD = ["v", "id", "ledgerId", "type", "timestamp", "policy", "identityHash", "subjectSeq", "factors"];
const FACTORS = ["knowledge", "possession", "presence"] as const;

export function Said({ payload }: { readonly payload: Payload }) {
  const words = eventPageWords.value;
  const { type, timestamp, policy, identityHash, subjectSeq, factors } = payload;
  return (
    <>
      <dl class="facts">
        <Fact name={words.type}>
          {typeof type === "string" && (
            <>
              {typeName(visible(type))} <code>{visible(type)}</code>
            </>
          )}
        </Fact>
        <Fact name={common.value.time}>{isInstant(timestamp) && <Instant iso={timestamp} exact />}</Fact>
        <Fact name={words.policy}>{typeof policy === "string" && policyName(visible(policy))}</Fact>
        <Fact name={words.person}>
          {typeof identityHash === "string" && (
            <a href={addresses.list({ identityHash })}>
              <Hash value={visible(identityHash)} whole />
            </a>
          )}
        </Fact>
        <Fact name={words.subjectSeq}>{typeof subjectSeq === "number" && number(subjectSeq)}</Fact>
      </dl>
      {isObject(factors) && <FactorList factors={factors} />}
      <Fields object={Object.fromEntries(Object.entries(payload).filter(([name]) => !HEAD.includes(name)))} />
    </>
  );
}

function FactorList({ factors }: { readonly factors: Payload }) {
  const words = eventWords.value;
  return (
    <>
      <h3>{eventPageWords.value.factors}</h3>
      <ul class="factors">
        {FACTORS.map((name) => {
          const state = factors[name];
          const known = state === "verified" || state === "asserted" || state === "absent" ? state : null;
          return (
            <li key={name} class={`factor factor-${known ?? "absent"}`}>
              <span class="factor-name">{words.factors[name]}</span>
              <strong>{known === null ? visible(String(state)) : words.factorStates[known]}</strong>
              {known !== null && <span class="hint">{words.factorHints[known]}</span>}
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Fields({ object }: { readonly object: Payload }) {
  const entries = Object.entries(object);
  const plain = entries.filter(([, value]) => !isObject(value));
  const nested = entries.filter((entry): entry is [string, Payload] => isObject(entry[1]));
  return (
    <>
      {plain.length > 0 && (
        <dl class="facts">
          {plain.map(([name, value]) => (
            <Fact key={name} name={fieldName(visible(name))}>
              <Value value={value} />
            </Fact>
          ))}
        </dl>
      )}
      {nested.map(([name, value]) =>
        Object.keys(value).length === 0 ? null : (
          <section key={name}>
            <h3>{fieldName(visible(name))}</h3>
            <Fields object={value} />
          </section>
        ),
      )}
    </>
  );
}

function Value({ value }: { readonly value: unknown }) {
  const words = eventWords.value;
  if (value === null) return <>{words.none}</>;
  if (typeof value === "boolean") return <>{value ? words.yes : words.no}</>;
  if (typeof value === "number") return <>{number(value)}</>;
  if (isInstant(value)) return <Instant iso={value} exact />;
  if (typeof value === "string") return <Quoted text={value} />;
  if (Array.isArray(value) && value.length === 0) return <>{words.none}</>;
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) {
    return (
      <ul class="plain-list">
        {value.map((one, i) => (
          <li key={i}>
            <Quoted text={one} />
          </li>
        ))}
      </ul>
    );
  }
  return <Quoted text={JSON.stringify(value)} />;
}

const isObject = (value: unknown): value is Payload =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isInstant = (value: unknown): value is string =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
