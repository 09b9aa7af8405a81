/**
 * The artifacts of the Ethereum Attestation Service, fetched when they are first needed: as a dependency its package
 * would bring 200 others.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CouldNotRun, progress } from "../campaign/command.ts";
import type { Compiled } from "./digest-store.ts";

const PACKAGE = "@ethereum-attestation-service/eas-contracts";
const VERSION = "1.9.0";
/** As the registry states it for this version (`npm view … dist.integrity`). */
const SHA512 = "L60y1fgKlY3a45xxnPlgRbiGQY8RF/lF+AzF1iVoR7/aEzitS0Nuyyjq8+IXs1sSSU0dl2+yGSmELxVeB6FelA==";

const CACHE = fileURLToPath(new URL("../../cache/", import.meta.url));
const TARBALL = join(CACHE, `ethereum-attestation-service-eas-contracts-${VERSION}.tgz`);
const run = promisify(execFile);

export interface Eas {
  readonly registry: Compiled;
  readonly eas: Compiled;
}

/** @throws {CouldNotRun} without a network, or when what came is not what was pinned */
export async function fetchEas(): Promise<Eas> {
  if (!existsSync(TARBALL)) {
    progress(`  fetching ${PACKAGE} ${VERSION} into cache/`);
    mkdirSync(CACHE, { recursive: true });
    await run("npm", ["pack", "--silent", `${PACKAGE}@${VERSION}`], { cwd: CACHE, timeout: 60_000 }).catch(
      () => {
        throw new CouldNotRun("the npm registry does not answer");
      },
    );
  }
  const hash = createHash("sha512").update(readFileSync(TARBALL)).digest("base64");
  if (hash !== SHA512) {
    rmSync(TARBALL);
    throw new CouldNotRun(`${PACKAGE} ${VERSION} is not the package that was pinned`);
  }
  return { registry: await artifact("SchemaRegistry"), eas: await artifact("EAS") };
}

async function artifact(name: string): Promise<Compiled> {
  const path = `package/artifacts/contracts/${name}.sol/${name}.json`;
  const { stdout } = await run("tar", ["-xzOf", TARBALL, path], { maxBuffer: 2 ** 24 });
  return JSON.parse(stdout) as Compiled;
}
