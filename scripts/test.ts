/**
 * `npm test`: the Solidity tests, then all others in two lanes at once, and one line with the sum. Further arguments go
 * to mocha, which then runs alone: npm test -- test/e2e/verify.test.ts
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = (name: string) => `${root}node_modules/.bin/${name}`;

/** Those that mostly wait, for chains, processes and a browser, beside those that mostly compute. */
const WAITING = "test/{campaign,console}/**/*.test.ts";
const ALL = "test/**/*.test.ts";

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** What the runner says of those that failed; "" when none did. */
  readonly failures: string;
}

const only = process.argv.slice(2);
const outcomes =
  only.length > 0
    ? [await run(bin("mocha"), only)]
    : [
        await run(bin("hardhat"), ["test", "solidity"]),
        ...(await Promise.all([
          run(bin("mocha"), [ALL, "--ignore", WAITING]),
          run(bin("mocha"), [WAITING], { show: "at the end" }),
        ])),
      ];

const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
// The lanes' output is long, and a log may be cut: the end says what failed.
if (outcomes.length > 1) for (const { failures } of outcomes) process.stdout.write(failures);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && outcomes.every((outcome) => outcome.passed > 0) ? 0 : 1;

/** Runs a test runner, shows its output, and reads the counts from it. A runner that breaks down counts as a failure. */
function run(
  command: string,
  args: readonly string[],
  { show = "at once" }: { readonly show?: "at once" | "at the end" } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ["ignore", "pipe", show === "at once" ? "inherit" : "pipe"],
    });
    let output = "";
    let held = "";
    const look = (chunk: Buffer) => {
      if (show === "at once") process.stdout.write(chunk);
      else held += chunk.toString();
    };
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      look(chunk);
    });
    child.stderr?.on("data", look);
    child.on("error", reject);
    child.on("close", (code) => {
      process.stdout.write(held);
      const passed = count(output, /^\s*(\d+) passing/gm);
      const failed = count(output, /^\s*(\d+) failing/gm);
      const broken = failed === 0 && code !== 0;
      resolve({
        passed,
        failed: broken ? 1 : failed,
        failures: broken
          ? `${command} ended with ${code}\n`
          : (/^\s*\d+ failing$.*/ms.exec(output)?.[0] ?? ""),
      });
    });
  });
}

function count(output: string, pattern: RegExp): number {
  return [...output.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0);
}
