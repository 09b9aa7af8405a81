/**
 * Makes a fresh clone runnable; `prestart` and `pretest` call it. Depends on nothing and runs on any Node that
 * npm 11 runs on, because it is what brings the right one: the npm package `node` puts the pinned Node into
 * node_modules/.bin, which npm places first on the PATH of every script after this one.
 *
 *   1. dependencies missing or older than package-lock.json  → `npm ci`, under a Node that may install them
 *   2. contracts newer than their artifacts                  → `hardhat build`
 *   3. the console's sources newer than its pages            → `vite build`
 *
 * Each leaves a stamp, written last: killed half-way, the next run does the step again.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { INSTALL_NODE, isNpxInClone, isSupported } from "./node-version.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modulesStamp = join(root, "node_modules", ".installed");
const artifactsStamp = join(root, "artifacts", ".built");
const consoleStamp = join(root, "dist", "console", ".built");
/** What the console's pages are made of: themselves, and the code that they share with the service and the auditor. */
const CONSOLE_SOURCES = ["audit", "chain", "client", "console", "domain", "ledger", "ports"];

const sha256 = (parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex");
const read = (path) => (existsSync(path) ? readFileSync(path, "utf8") : "");
const say = (line) => process.stderr.write(`[bootstrap] ${line}\n`);

function modulesFingerprint() {
  return sha256([read(join(root, "package-lock.json")), `${process.platform}-${process.arch}`]);
}

function contractsFingerprint() {
  return sha256([
    read(join(root, "package-lock.json")),
    read(join(root, "hardhat.config.ts")),
    ...sources("contracts", (name) => name.endsWith(".sol")),
  ]);
}

function consoleFingerprint() {
  return sha256([
    read(join(root, "package-lock.json")),
    read(join(root, "tsconfig.json")),
    ...CONSOLE_SOURCES.flatMap((folder) => sources(join("server", folder), () => true)),
  ]);
}

/** Names and contents of the files below a folder. */
function sources(folder, isSource) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isSource(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .flatMap((path) => [relative(root, path), read(path)]);
}

function run(command, args, whatFailed) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (status === 0) return;
  say(`${whatFailed}${error ? ` (${error.message})` : ""}. The lines above say why.`);
  process.exit(1);
}

/** npm by its script, not by name: works where `npm` is a shell shim, and is the npm that called us. */
function npm(args, whatFailed) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith(".js")) run(process.execPath, [cli, ...args], whatFailed);
  else run("npm", args, whatFailed);
}

function installDependencies() {
  if (read(modulesStamp) === modulesFingerprint()) return;
  const here = isSupported(process.versions.node);
  say(
    `installing dependencies with Node ${here ? process.versions.node : INSTALL_NODE} (once, about a minute)`,
  );
  const ci = ["ci", "--no-audit", "--no-fund"];
  // Under an old Node npm skips native packages that need a newer one, and says nothing: hence the detour.
  if (here) npm(ci, "`npm ci` failed");
  else {
    // What an installation that was cut short left behind, npm would take for the Node that is asked for.
    rmSync(join(root, "node_modules"), { recursive: true, force: true });
    npm(
      ["exec", "--yes", `--package=node@${INSTALL_NODE}`, "-c", `npm ${ci.join(" ")}`],
      "the installation failed",
    );
  }
  stampInstallation();
}

function stampInstallation() {
  writeFileSync(modulesStamp, modulesFingerprint());
}

function buildContracts() {
  build("compiling the contracts", {
    stamp: artifactsStamp,
    fingerprint: contractsFingerprint(),
    command: [join("hardhat", "dist", "src", "cli.js"), "build"],
    whatFailed: "the contracts do not compile",
  });
}

function buildConsole() {
  build("building the console", {
    stamp: consoleStamp,
    fingerprint: consoleFingerprint(),
    command: [
      join("vite", "bin", "vite.js"),
      "build",
      "--config",
      join("server", "console", "vite.config.ts"),
    ],
    whatFailed: "the console's pages cannot be built",
  });
}

function build(what, { stamp, fingerprint, command: [cli, ...args], whatFailed }) {
  if (read(stamp) === fingerprint) return;
  say(what);
  const pinned = join(root, "node_modules", ".bin", "node");
  const node = existsSync(pinned) ? pinned : process.execPath;
  run(node, [join(root, "node_modules", cli), ...args], whatFailed);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, fingerprint);
}

// `npm ci` by hand ends with this flag (package.json, postinstall), so that it counts as an installation too.
if (process.argv.includes("--installed") && !isNpxInClone()) {
  stampInstallation();
} else {
  installDependencies();
  buildContracts();
  buildConsole();
}
