/** Which Node may install and run this project. No dependencies: it runs before anything is installed. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { URL } from "node:url";

/** The Node that installs the dependencies where the machine's own is too old; the same as in package.json. */
export const INSTALL_NODE = "24.21.0";

/** Type stripping without a flag, and the native packages' prebuilt binaries, begin here. */
const MINIMUM = [22, 18];

/** @param {string} version such as "24.21.0" */
export function isSupported(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}

/**
 * `npx identity-ledger-audit` in a clone: npm links the clone and runs its installation scripts, but installs nothing into
 * it. A published package has no lock file.
 */
export const isNpxInClone = () =>
  process.env.npm_command === "exec" && existsSync(new URL("../package-lock.json", import.meta.url));

/** The Node that runs npm: in an npm script `node` may already be the pinned one from node_modules/.bin. */
function nodeOfNpm() {
  const npmsNode = process.env.npm_node_execpath;
  const answer = npmsNode && spawnSync(npmsNode, ["--version"], { encoding: "utf8" }).stdout;
  return answer?.trim().replace(/^v/, "") || process.versions.node;
}

// Run as the `preinstall` script: say what to do instead of leaving an installation that fails later. (npm runs it
// after unpacking; without its stamp in node_modules, the next `npm start` or `npm test` installs again.)
if (process.argv.includes("--check") && !isNpxInClone() && !isSupported(nodeOfNpm())) {
  console.error(
    `\nThis project needs Node ${MINIMUM.join(".")} or newer to install, and npm runs on Node ${nodeOfNpm()}.\n` +
      "Run `npm start` or `npm test` instead: they install everything under a Node of their own " +
      `(or: npx -y -p node@${INSTALL_NODE} -c "npm ci").\n`,
  );
  process.exit(1);
}
