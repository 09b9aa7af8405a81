import closeWithGrace from "close-with-grace";
import { existsSync } from "node:fs";
import { pino } from "pino";
import { compose } from "./compose.ts";
import { toConfig } from "./config/config.ts";
import { ConfigError, describeEnv, readEnv } from "./config/env.ts";
import { loggable, loggableChainUrl } from "./config/loggable.ts";
import { readSecrets } from "./config/secrets.ts";
import { AnchorTrouble } from "./services/anchor-trouble.ts";
import { ClockMismatch } from "./services/clock-check.ts";

const USAGE = `Usage: npm start [-- --help]

Starts the identity ledger: the API on HOST:PORT and, unless CHAIN_RPC_URL is set, an embedded development chain.
Configuration comes from the environment or from .env (a variable that is set wins over .env):

${describeEnv()}
`;

/** How long a shutdown may take before it is forced. */
const SHUTDOWN_MS = 10_000;

/** Runs the service until a signal. Exit code 2: a wrong command line or configuration, 1: it could not start. */
export async function run(args: readonly string[]): Promise<void> {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(USAGE);
    return;
  }
  if (args.length > 0) {
    process.stderr.write(`Unknown argument ${args[0]}; see --help.\n`);
    process.exitCode = 2;
    return;
  }
  try {
    await start();
  } catch (error) {
    if (error instanceof ConfigError || error instanceof AnchorTrouble || error instanceof ClockMismatch) {
      process.stderr.write(`${error.message}\n`);
      process.exit(error instanceof ConfigError ? 2 : 1);
    }
    process.stderr.write(`The service could not start: ${explain(error)}\n`);
    process.exit(1);
  }
}

async function start(): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const env = readEnv(process.env);
  const config = toConfig(env);
  const secrets = readSecrets(env);
  const log = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  const service = await compose(config, secrets, log);
  closeWithGrace({ delay: SHUTDOWN_MS, logger: false }, async ({ signal, err }) => {
    if (err) log.fatal({ err }, "closing after an error");
    else log.info({ signal }, "closing");
    await service.close();
    log.info({}, "closed");
  });

  if (secrets.generated.length > 0) {
    log.warn(
      { variables: secrets.generated, dataDir: config.dataDir },
      "using generated secrets: for development only",
    );
  }
  if (secrets.apiKeys.length === 0) {
    log.warn({}, "no API_KEYS: everybody may call, with every scope; for development only");
  }
  const url = await service.app.listen({ ...config.listen });
  const chain = { ...service.chain, url: loggableChainUrl(config, service.chain.url) };
  log.info({ config: loggable(config), chain }, "started");
  // The service's own terminal, for the person who typed `npm start`.
  process.stdout.write(
    `\n${config.console === null ? "" : `  Console   ${url}/console\n`}` +
      `  API       ${url}\n  Docs      ${url}/docs\n  Chain     ${chain.url}\n` +
      `  Contract  ${chain.contract}\n\n`,
  );
}

function explain(error: unknown): string {
  const { code, port } = error as { code?: string; port?: number };
  if (code === "EADDRINUSE")
    return `port ${port} is in use. Set PORT (API) or CHAIN_PORT (embedded chain) to another.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
