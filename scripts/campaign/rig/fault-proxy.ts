/** Stands between a service and its chain, and makes of the calls what a {@link FaultPlan} says. */
import { Agent, createServer, request } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MALFORMED, NO_FAULTS, RPC_ERRORS } from "./fault-plan.ts";
import type { Decision, Fault, FaultPlan, RpcCall } from "./fault-plan.ts";
import { staleAnswer } from "./stale.ts";

export interface FaultProxy {
  readonly url: string;
  plan: FaultPlan;
  /** Sees every call, and is awaited, before anything is done about it. */
  onCall: (call: RpcCall) => Promise<void>;
  /** How often each fault met each method. */
  readonly met: ReadonlyMap<string, ReadonlyMap<Fault, number>>;
  readonly faults: number;
  /** No further faults; whoever hangs is cut off. */
  calm(): void;
  close(): Promise<void>;
}

type Answer = { readonly status: number; readonly body: string };

export async function faultProxy(target: string): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const met = new Map<string, Map<Fault, number>>();
  const ordinals = new Map<string, number>();
  const earlier = new Map<string, string[]>();
  const hanging = new Set<IncomingMessage>();
  let faults = 0;

  const forward = (body: string) =>
    new Promise<Answer>((resolve, reject) => {
      const sent = request(
        target,
        { method: "POST", agent, headers: { "content-type": "application/json" } },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8");
          answer.on("data", (chunk: string) => (text += chunk));
          answer.on("error", reject);
          answer.on("end", () => resolve({ status: answer.statusCode ?? 502, body: text }));
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    let body = "";
    incoming.setEncoding("utf8");
    for await (const chunk of incoming) body += chunk as string;
    const call = JSON.parse(body) as RpcCall;
    await proxy.onCall(call);
    const ordinal = ordinals.get(call.method) ?? 0;
    ordinals.set(call.method, ordinal + 1);
    const send = ({ status, body: text }: Answer) => {
      outgoing.writeHead(status, { "content-type": "application/json" });
      outgoing.end(text);
    };
    const decision = proxy.plan(call.method, ordinal);
    if (decision === null) {
      const answer = await forward(body);
      remember(call, answer);
      return send(answer);
    }
    count(call.method, decision.fault);
    await misbehave(decision, call, { body, incoming, send });
  }

  async function misbehave(
    { fault, random }: Decision,
    call: RpcCall,
    io: { body: string; incoming: IncomingMessage; send: (answer: Answer) => void },
  ): Promise<void> {
    const { body, incoming, send } = io;
    const error = () => {
      const { code, message } = random.pick(RPC_ERRORS);
      // Some nodes send their errors with a status to match.
      const status = code === 429 ? 429 : random.pick([200, 200, 400, 500]);
      send({ status, body: JSON.stringify({ jsonrpc: "2.0", id: call.id, error: { code, message } }) });
    };
    switch (fault) {
      case "drop-request":
        return void incoming.socket.destroy();
      case "hang-request":
        return void hanging.add(incoming);
      case "drop-response":
        await forward(body);
        return void incoming.socket.destroy();
      case "hang-response":
        await forward(body);
        return void hanging.add(incoming);
      case "failed-but-done":
        await forward(body);
        return error();
      case "error":
        return error();
      case "delay":
        await new Promise((resolve) => setTimeout(resolve, 20 + random.int(180)));
        return send(await forward(body));
      case "duplicate": {
        const both = await Promise.all([forward(body), forward(body)]);
        return send(random.pick(both));
      }
      case "malformed":
        await forward(body);
        return send({ status: random.pick([200, 200, 502]), body: random.pick(MALFORMED) });
      case "stale":
        return send(staleAnswer(call, earlier.get(keyOf(call)) ?? [], random) ?? (await forward(body)));
    }
  }

  const keyOf = ({ method, params }: RpcCall) => `${method} ${JSON.stringify(params)}`;
  function remember(call: RpcCall, { body }: Answer): void {
    if (!/^eth_(blockNumber|getTransactionCount|getBlockByNumber|call|getBalance|getLogs)$/.test(call.method))
      return;
    const answers = earlier.get(keyOf(call)) ?? [];
    answers.push(body);
    if (answers.length > 8) answers.shift();
    earlier.set(keyOf(call), answers);
    if (earlier.size > 500) earlier.delete(earlier.keys().next().value ?? "");
  }

  function count(method: string, fault: Fault): void {
    faults++;
    const row = met.get(method) ?? new Map<Fault, number>();
    row.set(fault, (row.get(fault) ?? 0) + 1);
    met.set(method, row);
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  // A service that is killed leaves connections behind; none may keep a request of its successor.
  server.on("clientError", (_error, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cutOff = () => {
    for (const incoming of hanging) incoming.socket.destroy();
    hanging.clear();
  };
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plan: NO_FAULTS,
    onCall: async () => {},
    met,
    get faults() {
      return faults;
    },
    calm() {
      proxy.plan = NO_FAULTS;
      cutOff();
    },
    close: () =>
      new Promise((resolve) => {
        cutOff();
        agent.destroy();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return proxy;
}
