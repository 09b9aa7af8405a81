/** `npm run fuzz`: test/campaign/fuzz.test.ts, at the length of a campaign. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CouldNotRun, command, numberOption, progress } from "./command.ts";
import { newSeed } from "./random.ts";

const USAGE = `Usage: npm run fuzz [-- options]

Sends malformed requests to every operation of the API's OpenAPI document: wrong types, odd keys, broken JSON, broken
HTTP. Holds if none brings about a fault (5xx), every error is a problem document, no secret comes back or is logged,
and the service works afterwards. \`npm test\` runs 3,000.

  --requests N   how many [100000]
  --seed N       brings the same requests again [random]

Exit code 0: holds, 1: does not, 2: could not be run.
`;

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

await command({
  usage: USAGE,
  options: {
    requests: { type: "string", default: "100000" },
    seed: { type: "string", default: String(newSeed()) },
  },
  async run(values, scope) {
    const requests = numberOption(values, "requests", 1, 10_000_000);
    const seed = numberOption(values, "seed", 0, 2 ** 32 - 1);
    progress(`seed ${seed}`);
    const mocha = spawn(
      process.execPath,
      [`${ROOT}node_modules/mocha/bin/mocha.js`, "test/campaign/fuzz.test.ts"],
      {
        cwd: ROOT,
        stdio: ["ignore", "inherit", "inherit"],
        env: { ...process.env, FUZZ: String(requests), SEED: String(seed) },
      },
    );
    scope.defer(() => void mocha.kill());
    const code = await new Promise<number | null>((resolve, reject) => {
      mocha.on("error", reject);
      mocha.on("exit", resolve);
    });
    if (code === null) throw new CouldNotRun("the fuzzer was killed");
    return code === 0;
  },
});
