/** A contender in a process of its own, which measures when it is told to. */
import { fork } from "node:child_process";
import { once } from "node:events";
import type { ChildProcess } from "node:child_process";
import { CouldNotRun } from "../campaign/command.ts";
import type { Scope } from "../campaign/command.ts";

const ANSWER_MS = 60_000;

/** @returns asks the process and awaits its answer, one question at a time; its first answer is that it is ready */
export async function startContender<Ready>(
  module: URL,
  args: readonly string[],
  scope: Scope,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly ready: Ready; ask<Answer>(question: object): Promise<Answer> }> {
  const child = fork(module, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let complaint = "";
  child.stderr?.on("data", (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2_000)));
  scope.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  });
  const answer = <T>() => nextMessage<T>(child, () => complaint);
  return {
    ready: await answer<Ready>(),
    ask(question) {
      const answered = answer<never>();
      child.send(question);
      return answered;
    },
  };
}

function nextMessage<T>(child: ChildProcess, complaint: () => string): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (why: string) => {
      stop();
      reject(new CouldNotRun(`a contender ${why}: ${complaint()}`));
    };
    const exited = () => end("ended");
    const timer = setTimeout(() => end("did not answer in time"), ANSWER_MS);
    const stop = () => {
      clearTimeout(timer);
      child.removeListener("exit", exited);
    };
    child.once("exit", exited);
    child.once("message", (message) => {
      stop();
      resolve(message as T);
    });
  });
}

/** The other side: says what it has to say, then answers each question. */
export function answerQuestions<Question>(
  ready: object,
  answer: (question: Question) => Promise<object>,
): void {
  process.on("message", (question: Question) => {
    void answer(question).then((message) => process.send?.(message));
  });
  process.send?.(ready);
}
