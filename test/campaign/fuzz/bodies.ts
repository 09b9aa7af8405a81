/** From a body as documented to one that is not. */
import type { Random } from "../../../scripts/campaign/random.ts";
import { PINS, WORDS } from "./canaries.ts";
import { KEYS, nastySecret, nastyValue, object } from "./nasty.ts";
import type { Json } from "./nasty.ts";
import { isSecret } from "./openapi.ts";

/** One to three things wrong with it, in the value. */
export function spoilValue(random: Random, body: Json): Json {
  let spoilt = body;
  for (let times = 1 + random.int(3); times > 0; times--) spoilt = spoilOnce(random, spoilt);
  return spoilt;
}

function spoilOnce(random: Random, body: Json): Json {
  if (typeof body !== "object" || body === null || Array.isArray(body) || random.chance(0.04)) {
    return random.chance(0.5) ? nastyValue(random) : [body];
  }
  const fields = Object.entries(body);
  const at = random.int(fields.length);
  const [name, value] = fields[at] ?? ["pin", PINS[0] as Json];
  const put = (changed: Json) => object(fields.map((field, i) => (i === at ? [name, changed] : field)));
  const nasty = () => (isSecret(name) ? nastySecret(random) : nastyValue(random));
  switch (random.int(7)) {
    case 0:
      return object(fields.filter((_, i) => i !== at));
    case 1:
      return object([...fields, [random.pick(KEYS), random.pick<Json>([...WORDS, nastyValue(random)])]]);
    case 2:
      return put(typeof value === "string" && /^\d+$/.test(value) ? Number(value) : JSON.stringify(value));
    case 3:
      return put([value]);
    case 4:
      return typeof value === "object" && value !== null ? put(spoilOnce(random, value)) : put(nasty());
    default:
      return put(nasty());
  }
}

const GARBAGE = [
  "",
  "{",
  "}",
  "[",
  "nul",
  "{'pin':1}",
  '{"pin":}',
  '{"a":1,}',
  "NaN",
  "\u0000",
  "<xml/>",
  "a=1&b=2",
];

/** Something wrong with the text or the bytes. */
export function spoilText(random: Random, body: Json): Uint8Array {
  const text = JSON.stringify(body);
  const at = random.int(text.length);
  switch (random.int(10)) {
    case 0:
      return Buffer.from(text.slice(0, at));
    case 1:
      return Buffer.from(random.pick(GARBAGE));
    case 2:
      return Buffer.from(`\ufeff${text}`);
    case 3:
      return Buffer.from(`${text.slice(0, at)}${random.pick(GARBAGE)}${text.slice(at)}`);
    case 4:
      // The same name twice: readers disagree about which one counts.
      return Buffer.from(text.replace(/^\{/, `{"pin":"${random.pick(PINS)}","phoneNumber":"+201100000000",`));
    case 5:
      return Buffer.from(`${"[".repeat(1_900)}${"]".repeat(1_900)}`);
    case 6:
      return Buffer.from(text.replace(/^\{/, `{"__proto__":{"polluted":true},`));
    case 7:
      return Buffer.from(text.replace(/^\{/, `{"constructor":{"prototype":{"polluted":true}},`));
    case 8: {
      // A byte that no UTF-8 text holds.
      const bytes = Buffer.from(text);
      bytes[at] = random.pick([0xff, 0xc0, 0x80, 0xed]);
      return bytes;
    }
    default:
      return Buffer.from(`${" ".repeat(random.pick([0, 100, 4_090, 20_000]))}${text}`);
  }
}
