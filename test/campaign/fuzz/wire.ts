/** HTTP by hand: no client library would send what the fuzzer has to say. */
import { connect } from "node:net";
import type { Socket } from "node:net";

export interface WireAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface Outgoing {
  readonly method: string;
  readonly bytes: Uint8Array;
  /** On a connection of its own: the server may take its bytes for more than one request, or for none. */
  readonly alone: boolean;
}

export const TIMEOUT_MS = 20_000;
const HEADERS_END = Buffer.from("\r\n\r\n");

/** One connection at a time, kept alive as long as the server likes. */
export class Wire {
  readonly #port: number;
  #socket: Socket | null = null;

  constructor(url: string) {
    this.#port = Number(new URL(url).port);
  }

  /** Resolves with null when the server closed the connection without a word, and with a status of 0 when it hung. */
  async send({ method, bytes, alone }: Outgoing): Promise<WireAnswer | null> {
    // The server may have closed it since the last answer, without saying so.
    if (alone || this.#socket?.readyState !== "open") this.close();
    const reused = this.#socket !== null;
    const answer = await this.#exchange(method, bytes, alone);
    if (alone || answer === null || answer.headers.get("connection") === "close") this.close();
    // The server may close a kept connection just when we send on it; that is nobody's fault.
    if (answer === null && reused) return this.#exchange(method, bytes, alone);
    return answer;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #exchange(method: string, bytes: Uint8Array, alone: boolean): Promise<WireAnswer | null> {
    const socket = (this.#socket ??= connect({ host: "127.0.0.1", port: this.#port, noDelay: true }));
    return new Promise((resolve) => {
      let received: Buffer = Buffer.alloc(0);
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        socket.removeAllListeners("data").removeAllListeners("close");
        settle();
      };
      const timer = setTimeout(() => {
        this.close();
        finish(() => resolve({ status: 0, headers: new Map(), body: received.toString("latin1") }));
      }, TIMEOUT_MS);
      socket.on("data", (chunk: Buffer) => {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        const answer = parseAnswer(received, method, false);
        if (answer !== null) finish(() => resolve(answer));
      });
      socket.on("close", () => finish(() => resolve(parseAnswer(received, method, true))));
      // A reset shows as a close; what counts is whether there was an answer before.
      if (socket.listenerCount("error") === 0) socket.on("error", () => {});
      socket.write(bytes);
      // Tells a server that waits for more of the body that there is none.
      if (alone) socket.end();
    });
  }
}

/** Null while it is not complete. */
function parseAnswer(received: Buffer, method: string, ended: boolean): WireAnswer | null {
  const end = received.indexOf(HEADERS_END);
  if (end < 0) return null;
  const [statusLine = "", ...lines] = received.subarray(0, end).toString("latin1").split("\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1] ?? 0);
  const rest = received.subarray(end + HEADERS_END.length);
  if (status >= 100 && status < 200) return parseAnswer(rest, method, ended);
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const answer = (body: Buffer) => ({ status, headers, body: body.toString("utf8") });
  if (method === "HEAD" || status === 204 || status === 304) return answer(Buffer.alloc(0));
  const length = headers.get("content-length");
  if (length !== undefined)
    return rest.length >= Number(length) ? answer(rest.subarray(0, Number(length))) : null;
  if (headers.get("transfer-encoding") !== "chunked") return ended ? answer(rest) : null;
  const last = rest.indexOf("0\r\n\r\n");
  return last < 0 ? null : answer(rest.subarray(0, last));
}
