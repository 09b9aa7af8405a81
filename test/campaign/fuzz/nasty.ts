/** What careless and hostile clients send. */
import type { Random } from "../../../scripts/campaign/random.ts";
import { CODES, PINS, WORDS } from "./canaries.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const STRINGS = [
  "",
  " ",
  "0",
  "-1",
  "1e3",
  "0x10",
  "null",
  "undefined",
  "NaN",
  "true",
  "[object Object]",
  // Digits that are not ASCII: Arabic-Indic, Persian, full-width, mathematical.
  "\u0668\u0663\u0669\u0662\u0667\u0661",
  "\u06f8\u06f3\u06f9\u06f2\u06f7\u06f1",
  "\uff18\uff13\uff19\uff12\uff17\uff11",
  "\u{1d7d6}\u{1d7d1}\u{1d7d7}\u{1d7d0}\u{1d7d5}\u{1d7cf}",
  // What changes how text is shown or compared.
  "\u202e839279",
  "\u200f839279\u200e",
  "\ufeff839279",
  "839279\u0000",
  "8392\n79",
  "e\u0301".repeat(40),
  "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}".repeat(20),
  "\ud800",
  "x\udc00x",
  "\ud800".repeat(256),
  // What other layers might take for a command.
  "\r\nSet-Cookie: a=b",
  "' or 1=1; drop table subjects; --",
  "${jndi:ldap://127.0.0.1/a}",
  "{{7*7}}",
  "<script>alert(1)</script>",
  "../../../etc/passwd",
  "%00%0a",
  "a".repeat(64),
  "a".repeat(65),
  "7".repeat(257),
  "\u0627".repeat(1_000),
  "b".repeat(3_000),
  // Nearly a phone number, nearly a date, nearly a hash.
  "+20 10 0000 0000",
  "00201000000000",
  "tel:+201000000000",
  "+201000000000\u0000",
  "+2010000000000000000000",
  "+12025550123;ext=1",
  "9999-99-99T99:99:99.999Z",
  "0000-01-01T00:00:00.000Z",
  `0x${"g".repeat(64)}`,
  `0X${"A".repeat(64)}`,
];

const NUMBERS = [0, -0, -1, 1, 0.1, 1e21, 1e308, -1e-320, 2 ** 31, 2 ** 53 + 2, 839_279, Number.MAX_VALUE];

/** As field names they reach for what every object inherits. */
export const KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "length",
  "then",
  "",
  " pin",
  "PIN",
  "pin\u0000",
  "\u202epin",
  "$where",
  "pin.otp",
  "pin[]",
  "0",
  "k".repeat(500),
];

export function nastyString(random: Random): string {
  return random.pick(STRINGS);
}

export function nastyValue(random: Random, depth = 0): Json {
  switch (random.int(depth > 3 ? 5 : 10)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return random.pick(NUMBERS);
    case 3:
    case 4:
      return nastyString(random);
    case 5:
      return Array.from({ length: random.int(4) }, () => nastyValue(random, depth + 1));
    case 6:
      return nested(1 + random.int(400));
    case 7:
      // Looks like a string to whoever asks for its length first and its type later.
      return {
        length: random.pick<Json>([1e9, -1, "1", { toString: 1 }, { valueOf: null, toString: null }, []]),
      };
    default:
      return object([[random.pick(KEYS), nastyValue(random, depth + 1)]]);
  }
}

/** For a field that holds a secret: wrong in every way, and each time something that must not be repeated. */
export function nastySecret(random: Random): Json {
  const secret = random.pick([...PINS, ...CODES, ...WORDS]);
  return random.pick<Json>([
    secret,
    ` ${secret}`,
    `${secret} `,
    [secret],
    [[secret]],
    { value: secret },
    object([["__proto__", { pin: secret }]]),
    Number(PINS[0]),
    { toString: secret },
    { length: { toString: secret } },
    secret.repeat(20),
  ]);
}

function nested(levels: number): Json {
  let value: Json = [];
  for (let level = 0; level < levels; level++) value = level % 7 === 6 ? { a: value } : [value];
  return value;
}

/** Unlike a literal it makes `__proto__` a field of its own, which JSON.stringify then writes. */
export const object = (entries: readonly (readonly [string, Json])[]): { [key: string]: Json } =>
  Object.fromEntries(entries);
