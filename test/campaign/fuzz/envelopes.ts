/** What surrounds a body and can be wrong: target, method, content type, headers, framing. */
import type { Random } from "../../../scripts/campaign/random.ts";
import { PINS, WORDS } from "./canaries.ts";

const CANARY = WORDS[0] as string;

export const METHODS = [
  ...["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "PURGE", "SEARCH"],
  ...["post", "FOO", "G\u0000T", "CONNECT", "M-SEARCH", "QUERY"],
];

const TYPES = [
  ...[
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
  ],
  ...[
    "application/json; charset=utf-16",
    "application/json; charset=",
    'application/json; charset="',
    "json",
    "",
    "*/*",
  ],
  ...[
    "application/json, text/plain",
    "APPLICATION/JSON",
    "application/problem+json",
    "application/vnd.api+json",
  ],
  ...["application/json;".repeat(100), "a/b; __proto__=c", "application/\u00ff"],
];
export const contentType = (random: Random): string => random.pick(TYPES);

const choice =
  (name: string, ...values: string[]) =>
  (random: Random): [string, string] => [name, random.pick(values)];

export const HEADERS = [
  choice(
    "prefer",
    ...[
      "wait=0",
      "wait=1",
      "wait=-1",
      "wait=999999999",
      "wait=1e9",
      "wait=NaN",
      "wait",
      "respond-async, wait=1",
    ],
    ...[`wait="${"9".repeat(500)}"`, ",".repeat(2_000), "\u00ff", "respond-async;x=y", "__proto__=1"],
  ),
  (random: Random): [string, string] => ["idempotency-key", `key-${random.int(300)}`],
  choice(
    "idempotency-key",
    ...["", " ", "a".repeat(255), "a".repeat(256), "a".repeat(5_000), "\u00ff\u00fe", "a b", '"quoted"'],
    ...["__proto__", "' or 1=1", "a, b", "a\tb"],
  ),
  choice(
    "authorization",
    ...["", "Bearer", "Bearer ", `Bearer ${CANARY}`, `bearer  ${CANARY}`, `Basic ${btoa(CANARY)}`, CANARY],
    ...[`Bearer ${CANARY} ${CANARY}`, `Bearer ${CANARY.repeat(300)}`, `Bearer \u00ff${CANARY}`, "Digest a=b"],
  ),
  choice("accept", "text/html", "application/xml", "*/*;q=0", ",".repeat(3_000), "\u00ff"),
  choice("accept-encoding", "gzip, br", "identity;q=0", "x".repeat(2_000)),
  choice("user-agent", "", "a".repeat(9_000), "\u00ff\u00fe\u0080", "<script>", "${jndi:ldap://127.0.0.1/a}"),
  choice("x-forwarded-for", "1.2.3.4", "\u00ff", "a".repeat(2_000), "::1, 127.0.0.1"),
  choice("x-request-id", "a".repeat(2_000), "\u0085forged"),
  choice("x-http-method-override", "DELETE", "__proto__"),
  choice("accept-version", "9.9.9", "__proto__"),
  choice("content-encoding", "gzip", "br", "identity", "__proto__"),
  choice("cookie", `pin=${PINS[0]}; __proto__=1`, ";".repeat(3_000)),
  choice("origin", "null", "http://example.com"),
  choice("expect", "100-continue", "200-ok"),
  choice("host", "", "a b", "example.com:99999", "[::1", "\u00ff"),
  choice("if-none-match", "*", '"a"'),
  choice("range", "bytes=0-1", "bytes=9-1"),
  choice("te", "trailers"),
  choice("upgrade", "h2c", "websocket"),
  choice("connection", "close", "upgrade", "keep-alive, host"),
  choice("x-huge", "h".repeat(17_000)),
  choice("x-line", "folded\r\n continuation", "a\rb", "a\u0000b"),
];

/** How a body's length can be told wrong. */
export const FRAMINGS: readonly { name: string; headers: (length: number) => [string, string][] }[] = [
  { name: "too long", headers: (length) => [["content-length", String(length + 50)]] },
  { name: "too short", headers: (length) => [["content-length", String(length >> 1)]] },
  { name: "over the limit", headers: () => [["content-length", "5000"]] },
  { name: "absurd", headers: () => [["content-length", "99999999999999999999"]] },
  { name: "negative", headers: () => [["content-length", "-1"]] },
  { name: "not a number", headers: () => [["content-length", "ten"]] },
  {
    name: "twice",
    headers: (length) => [
      ["content-length", String(length)],
      ["content-length", "1"],
    ],
  },
  { name: "none", headers: () => [] },
  { name: "chunked, but not", headers: () => [["transfer-encoding", "chunked"]] },
  {
    name: "chunked and long",
    headers: (length) => [
      ["transfer-encoding", "chunked"],
      ["content-length", String(length)],
    ],
  },
  { name: "unknown encoding", headers: () => [["transfer-encoding", "gzip, x"]] },
];

/** Paths and queries that are not what they seem. */
export function spoilTarget(random: Random, target: string): string {
  const [path = "/", query = ""] = target.split("?");
  const last = path.slice(path.lastIndexOf("/") + 1);
  const replaceLast = (text: string) => path.slice(0, path.length - last.length) + text;
  return random.pick([
    ...[
      replaceLast("%00"),
      replaceLast("%zz"),
      replaceLast("%c0%ae%c0%ae"),
      replaceLast("%"),
      replaceLast("__proto__"),
    ],
    ...[replaceLast("..%2f..%2fetc%2fpasswd"), replaceLast("../../../etc/passwd"), replaceLast(CANARY)],
    ...[
      replaceLast("a".repeat(200)),
      replaceLast("a".repeat(9_000)),
      replaceLast("%41".repeat(400)),
      `${path}/`,
    ],
    ...[
      `/${path}`,
      path.toUpperCase(),
      `${path};a=b`,
      `${path}%20`,
      `${path}%2f`,
      `${path}\u00e9`,
      `${path}/..`,
      path.slice(1),
    ],
    ...[`http://example.com${path}`, "*", "/", "/docs/../openapi.json", `${path}#fragment`, `${path}?`],
    `${path}?${query}&${query}`,
    `${path}?${query.replace("=", "[]=")}`,
    `${path}?phoneNumber=${CANARY}`,
    `${path}?phoneNumber=%2B20100000000%00&pin=${PINS[0]}`,
    `${path}?phoneNumber=%ff%fe%zz`,
    `${path}?__proto__[polluted]=1&constructor=1&${query}`,
    `${path}?${"a=1&".repeat(1_500)}`,
    `${path}?phoneNumber=${"9".repeat(6_000)}`,
  ]);
}
