import { useLocation } from "preact-iso";
import { EVENT_NAMES } from "../../../domain/events.ts";
import { POLICIES } from "../../../domain/policy.ts";
import { addresses } from "../addresses.ts";
import { policyName, typeName } from "../event-words.ts";
import { fromField, isFiltered, toField } from "./filters.ts";
import type { Filters, ListQuery } from "./filters.ts";
import { listWords } from "./words.ts";

/** Where there is room for them they are open; on a phone they would stand before the list. */
const ROOM = "(width >= 46rem)";

export function FilterForm({ query }: { readonly query: ListQuery }) {
  const words = listWords.value;
  const { route } = useLocation();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    route(addresses.list({ ...filtersOf(event.currentTarget as HTMLFormElement) }));
  };
  return (
    <details class="card filter-card" open={isFiltered(query) || matchMedia(ROOM).matches}>
      <summary>{words.filters}</summary>
      {/* Made anew with each address: the fields then show what it says. */}
      <form key={JSON.stringify(query)} class="filters" onSubmit={submit}>
        <Choice
          name="type"
          label={words.type}
          value={query.type}
          options={Object.keys(EVENT_NAMES)}
          named={typeName}
        />
        <Choice
          name="policy"
          label={words.policy}
          value={query.policy}
          options={Object.keys(POLICIES)}
          named={policyName}
        />
        <InstantField name="from" label={words.from} value={query.from} />
        <InstantField name="to" label={words.to} value={query.to} />
        <div class="field field-long">
          <label for="filter-identityHash">{words.identityHash}</label>
          <input
            id="filter-identityHash"
            name="identityHash"
            class="mono"
            dir="ltr"
            pattern="0x[0-9a-f]{64}"
            title={words.identityHint}
            placeholder="0x…"
            spellcheck={false}
            autocomplete="off"
            defaultValue={query.identityHash}
          />
        </div>
        <div class="filter-actions">
          <button type="submit" class="button button-main">
            {words.filter}
          </button>
          {isFiltered(query) && (
            <a class="button" href={addresses.events}>
              {words.clear}
            </a>
          )}
        </div>
      </form>
    </details>
  );
}

function Choice(props: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly named: (option: string) => string;
}) {
  const { name, label, value, options, named } = props;
  // An address may ask for what we have no name for.
  const all = value === "" || options.includes(value) ? options : [...options, value];
  return (
    <div class="field">
      <label for={`filter-${name}`}>{label}</label>
      <select id={`filter-${name}`} name={name}>
        <option value="">{listWords.value.all}</option>
        {all.map((option) => (
          <option key={option} value={option} selected={option === value}>
            {named(option)}
          </option>
        ))}
      </select>
    </div>
  );
}

function InstantField(props: { readonly name: string; readonly label: string; readonly value: string }) {
  const { name, label, value } = props;
  return (
    <div class="field">
      <label for={`filter-${name}`}>{label}</label>
      <input
        id={`filter-${name}`}
        name={name}
        type="datetime-local"
        step="1"
        dir="ltr"
        defaultValue={toField(value)}
      />
    </div>
  );
}

function filtersOf(form: HTMLFormElement): Filters {
  const fields = new FormData(form);
  const text = (name: string) => {
    const value = fields.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  return {
    type: text("type"),
    policy: text("policy"),
    from: fromField(text("from")),
    to: fromField(text("to")),
    identityHash: text("identityHash"),
  };
}
