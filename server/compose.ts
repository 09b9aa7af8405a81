/** Puts the service together: the only file that knows concrete adapters. */
import { randomBytes, randomUUID } from "node:crypto";
import { availableParallelism, hostname } from "node:os";
import { fileURLToPath } from "node:url";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { buildApp } from "./app.ts";
import type { ConsoleOptions } from "./app.ts";
import { startEmbeddedChain } from "./chain/embedded.ts";
import { evmChain } from "./chain/evm-chain.ts";
import { nodeTransport } from "./chain/node-transport.ts";
import { JsonRpc } from "./chain/rpc.ts";
import type { Config } from "./config/config.ts";
import type { Secrets } from "./config/secrets.ts";
import { confirmSecrets } from "./confirm-secrets.ts";
import { Admission } from "./crypto/admission.ts";
import { loadArgon2 } from "./crypto/argon2-engine.ts";
import { checkpointSigner } from "./crypto/checkpoint-signer.ts";
import { phcClientHashes } from "./crypto/client-hash.ts";
import { SteadyClock } from "./crypto/clock.ts";
import { devIssuer } from "./crypto/dev-issuer.ts";
import { openIdProvider } from "./crypto/open-id.ts";
import { consoleOtpTransport, webhookOtpTransport } from "./crypto/otp-transports.ts";
import { argon2PinHasher, newestPepper } from "./crypto/pin-hasher.ts";
import { yieldHashesToEventLoop } from "./crypto/worker-priority.ts";
import { keyedPseudonyms } from "./crypto/pseudonyms.ts";
import { remoteKeys, secretKey, tokenVerifier } from "./crypto/token-verifier.ts";
import { createMetrics } from "./http/metrics.ts";
import type { Metrics } from "./http/metrics.ts";
import { isConsoleBuilt } from "./http/routes/console/pages.ts";
import { WRITE_OFF_AFTER_MS } from "./domain/open-attempts.ts";
import { ChainUnavailable } from "./ports.ts";
import type { Chain, Clock, DevIssuer, Epoch, OtpTransport, Pseudonyms, Store } from "./ports.ts";
import { writeOffEveryStale } from "./services/abandoned-attempts.ts";
import { createAdminService } from "./services/admin.ts";
import { AnchorTrouble, PASSING } from "./services/anchor-trouble.ts";
import { Anchorer } from "./services/anchorer.ts";
import { logCommitted } from "./services/audit-log.ts";
import { checkClock } from "./services/clock-check.ts";
import { createClients } from "./services/clients.ts";
import { createConsoleSignIn } from "./services/console-sign-in.ts";
import type { ConsoleSignIn } from "./services/console-sign-in.ts";
import { createConsentService } from "./services/consent.ts";
import { createCosignatures } from "./services/cosignatures.ts";
import { assumeEpoch, attachEpoch } from "./services/epoch.ts";
import { createErasureService } from "./services/erasure.ts";
import { createEventReader } from "./services/event-reader.ts";
import { createFigures } from "./services/figures.ts";
import { createIdempotency } from "./services/idempotency.ts";
import { createLedgerExport } from "./services/ledger-export.ts";
import { createLogReader } from "./services/log-reader.ts";
import { createOtpService } from "./services/otp.ts";
import { createPinBinding } from "./services/pin-binding.ts";
import { createPinVerification } from "./services/pin-verification.ts";
import { createPrimaryAuth } from "./services/primary-auth.ts";
import type { PrimaryAuth } from "./services/primary-auth.ts";
import { createReadiness } from "./services/readiness.ts";
import { createReceipts } from "./services/receipts.ts";
import { createRecorder } from "./services/recorder.ts";
import { createSessionPin } from "./services/session-pin.ts";
import { createStandardPin } from "./services/standard-pin.ts";
import { createWeakRejections } from "./services/weak-rejections.ts";
import { openStore } from "./storage/open.ts";

/** How long a shutdown lets the anchorer finish its step. */
const STEP_GRACE_MS = 500;

const CONSOLE_PAGES = fileURLToPath(new URL("../dist/console", import.meta.url));

/** How much of a chart's number a crash may lose. */
const WEAK_REJECTIONS_MS = 5_000;

const GWEI = 1_000_000_000n;

export interface Service {
  readonly app: FastifyInstance;
  readonly chain: { readonly url: string; readonly contract: string };
  /** Ends what is under way and releases everything; in reverse order of how it was made. */
  close(): Promise<void>;
}

export interface Overrides {
  readonly clock?: Clock;
  readonly otpTransport?: OtpTransport;
  readonly print?: (line: string) => void;
  /** What stands around the ports, for a rig that ends the process between two steps or lies to it. */
  readonly wrapStore?: (store: Store) => Store;
  readonly wrapChain?: (chain: Chain) => Chain;
}

/** @throws {ConfigError | EpochMismatch} where starting would be wrong; whatever was opened is closed again */
export async function compose(
  config: Config,
  secrets: Secrets,
  log: FastifyBaseLogger,
  overrides: Overrides = {},
): Promise<Service> {
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const release of opened.splice(0).reverse()) await release();
  };
  try {
    const clock = overrides.clock ?? new SteadyClock();
    const random = (length: number) => new Uint8Array(randomBytes(length));

    const bareStore = await openStore({
      url: config.databaseUrl,
      newLedgerId: randomUUID(),
      onConnectionError: (err) => log.error({ err }, "a database connection broke"),
    });
    const store = overrides.wrapStore?.(bareStore) ?? bareStore;
    opened.push(() => store.close());
    await confirmSecrets(store, secrets);

    const place = await reachChain(config, secrets, clock);
    opened.push(() => place.close());
    const bareChain = evmChain({
      rpc: new JsonRpc(place.url, {
        timeoutMs: config.chain.timeoutMs,
        transport: nodeTransport(place.url),
      }),
      contract: place.contract,
      relayerKey: place.relayerKey,
    });
    const chain = overrides.wrapChain?.(bareChain) ?? bareChain;
    const attach = () =>
      attachEpoch(store, chain, { disposable: config.chain.kind === "embedded", now: clock.now(), log });
    const epoch = await attach().catch((error: unknown) => {
      // Where it is behind what it said before, it may catch up.
      const away =
        error instanceof ChainUnavailable || (error instanceof AnchorTrouble && PASSING.has(error.kind));
      if (!away) throw error;
      log.warn({ err: error }, "the chain does not answer; starting without it");
      return assumeEpoch(store, chain, error);
    });
    const embedded = config.chain.kind === "embedded";
    await checkClock(
      { store, chain: embedded ? null : chain, clock, log },
      config.profile === "production" && !config.clockTrusted,
    );

    const anchorer = new Anchorer({
      store,
      chain,
      epoch,
      clock,
      log,
      ...config.anchor,
      feeCap: BigInt(config.anchor.maxFeeGwei) * GWEI,
      owner: `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`,
    });
    await anchorer.start();
    opened.push(async () => {
      // The step under way may end, but a call that hangs must not hold up the shutdown: what it would have told is asked
      // again at the next start.
      const impatience = setTimeout(() => void chain.close(), STEP_GRACE_MS);
      await anchorer.stop();
      clearTimeout(impatience);
    });

    await yieldHashesToEventLoop();
    const admission = new Admission(availableParallelism(), config.argon2.queue);
    const weakRejections = createWeakRejections({ store, clock });
    const counted = createMetrics({
      hashQueue: () => admission,
      anchoring: () => anchoringFigures(store, anchorer, clock),
      relayerBalance: () => chain.relayerBalance().catch(() => null),
      credentialFormats: () => store.read.credentials.formatCounts(),
    });
    const metrics: Metrics = {
      ...counted,
      refused(code, reason) {
        counted.refused(code, reason);
        if (code === "WEAK_PIN_REJECTED") weakRejections.note();
      },
    };
    // What cannot be written is kept, and the database's trouble is told of elsewhere.
    const noteWeak = () => void weakRejections.flush().catch(() => {});
    const notingWeak = setInterval(noteWeak, WEAK_REJECTIONS_MS);
    opened.push(async () => {
      clearInterval(notingWeak);
      await weakRejections.flush().catch(() => {});
    });
    const recorder = createRecorder({
      store,
      clock,
      randomBytes: random,
      onCommitted: (events) => {
        anchorer.notify(1 + Math.max(...events.map(({ appended }) => appended.index)));
        metrics.committed(events);
        logCommitted(log, events);
      },
    });
    const writeOff = async () => {
      const attempts = await writeOffEveryStale({ store, recorder });
      if (attempts > 0) log.warn({ attempts }, "attempts that were never settled are recorded as abandoned");
    };
    await writeOff();
    const writingOff = setInterval(() => {
      writeOff().catch((err: unknown) => log.error({ err }, "abandoned attempts cannot be recorded"));
    }, WRITE_OFF_AFTER_MS);
    opened.push(async () => clearInterval(writingOff));
    const pseudonyms = keyedPseudonyms(secrets.pseudonymKey, newestPepper(secrets.peppers));
    const otp = createOtpService({
      recorder,
      pseudonyms,
      randomBytes: random,
      transport: overrides.otpTransport ?? otpTransport(config, secrets, overrides.print ?? console.log),
      newId: randomUUID,
    });
    const hasher = argon2PinHasher({
      engine: await loadArgon2(config.argon2.engine),
      params: config.argon2,
      peppers: secrets.peppers,
      admission,
    });
    const signer = checkpointSigner(secrets.ledgerSigningKey);
    const receipts = createReceipts({ store, epoch, signer });

    const shared = {
      recorder,
      store,
      clock,
      otp,
      hasher,
      pseudonyms,
      randomBytes: random,
      ...config.accounts,
    };
    const auth = primaryAuthOf(config, secrets, { clock, pseudonyms, log });
    const app = await buildApp(
      {
        clock,
        pseudonyms,
        clients: createClients(secrets.apiKeys.map((key) => ({ ...key, scopes: new Set(key.scopes) }))),
        ...auth,
        consoleSignIn: consoleSignInOf(config, secrets, { clock, log, primaryAuth: auth.primaryAuth }),
        idempotency: createIdempotency({ store, clock }),
        otp,
        consent: createConsentService(shared),
        binding: createPinBinding(shared),
        verification: createPinVerification(shared),
        standardPin: createStandardPin({ ...shared, clientHashes: phcClientHashes }),
        sessionPin: createSessionPin(shared),
        admin: createAdminService(shared),
        figures: createFigures({ store, clock, weakRejections }),
        erasure: createErasureService(shared),
        receipts,
        log: createLogReader({ store, epoch }),
        events: createEventReader({ store, receipts }),
        ledgerExport: createLedgerExport({ store, signer, epoch }),
        cosignatures: createCosignatures({ store, signer, epoch, witnesses: config.witnesses, clock, log }),
        anchorer,
        metrics,
        readiness: createReadiness({ store, anchorer, log, limits: config.anchor }),
        hasher,
      },
      {
        logger: log,
        trustProxy: config.trustProxy,
        limits: config.limits,
        anchor: config.anchor,
        controller: config.controller,
        requireApiKey: config.requireApiKey,
        console:
          config.console === null ? null : { ...config.console, ...consoleOf(config, place, epoch, log) },
      },
    );
    opened.push(() => app.close());
    return { app, chain: { url: place.url, contract: place.contract }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What its pages must know; whether there are any, the build decides. */
function consoleOf(
  { chain, primaryAuth }: Config,
  place: { readonly url: string },
  { chainId, contract }: Epoch,
  log: FastifyBaseLogger,
): Omit<ConsoleOptions, "secure" | "url"> {
  const isBuilt = isConsoleBuilt(CONSOLE_PAGES);
  if (!isBuilt) log.warn({}, "the console's pages were not built (npm run build-console)");
  return {
    // Another endpoint's address may be a secret.
    rpcUrl: chain.kind === "embedded" ? place.url : null,
    chainId,
    contract,
    adminRole: primaryAuth?.adminRole ?? "admin",
    folder: isBuilt ? CONSOLE_PAGES : null,
  };
}

/** The built-in issuer's tokens and an external one's are judged by the same verifier. */
function primaryAuthOf(
  { primaryAuth: rules }: Config,
  { jwtSecret, devIssuerKey }: Secrets,
  context: { readonly clock: Clock; readonly pseudonyms: Pseudonyms; readonly log: FastifyBaseLogger },
): { readonly primaryAuth: PrimaryAuth | null; readonly devIssuer: DevIssuer | null } {
  const { log } = context;
  if (rules === null) {
    log.info({}, "no JWT_ISSUER: there are no endpoints for users and administrators");
    return { primaryAuth: null, devIssuer: null };
  }
  const issuer =
    rules.keys.kind === "development" && devIssuerKey !== null ? devIssuer(devIssuerKey, rules) : null;
  if (issuer !== null) {
    log.warn({}, "no JWT_ISSUER: POST /dev/token makes anybody any user; for development only");
  }
  const keys =
    rules.keys.kind === "jwks"
      ? remoteKeys(rules.keys.url)
      : (issuer?.keys ?? (jwtSecret === null ? null : secretKey(jwtSecret)));
  if (keys === null) throw new Error("primary-auth.ts lets no issuer through without a key");
  const verifier = tokenVerifier(rules, keys);
  return {
    primaryAuth: createPrimaryAuth({ ...context, verifier, adminRole: rules.adminRole }),
    devIssuer: issuer,
  };
}

function consoleSignInOf(
  { console }: Config,
  { consoleClientSecret: clientSecret }: Secrets,
  context: {
    readonly clock: Clock;
    readonly log: FastifyBaseLogger;
    readonly primaryAuth: PrimaryAuth | null;
  },
): ConsoleSignIn | null {
  const { primaryAuth } = context;
  if (console === null || console.openId === null || primaryAuth === null) return null;
  return createConsoleSignIn({
    ...context,
    primaryAuth,
    provider: openIdProvider({ ...console.openId, clientSecret }),
  });
}

async function anchoringFigures(store: Store, anchorer: Anchorer, clock: Clock) {
  const state = anchorer.state();
  const { size } = await store.read.events.head();
  const oldest = size > state.anchoredSize ? await store.read.events.timestampAt(state.anchoredSize) : null;
  return {
    ...state,
    backlog: Math.max(0, size - state.anchoredSize),
    lagMs: oldest === null ? 0 : Math.max(0, clock.now() - oldest),
  };
}

async function reachChain(config: Config, secrets: Secrets, clock: Clock) {
  if (config.chain.kind === "embedded") {
    return startEmbeddedChain({ port: config.chain.port, startedAt: clock.now() });
  }
  if (secrets.relayerKey === null)
    throw new Error("config.ts lets no external chain through without a relayer key");
  const { rpcUrl: url, contract } = config.chain;
  return { url, contract, relayerKey: secrets.relayerKey, close: async () => {} };
}

function otpTransport(config: Config, secrets: Secrets, print: (line: string) => void): OtpTransport {
  if (config.otp.transport === "console") return consoleOtpTransport(print);
  if (secrets.otpWebhookSecret === null)
    throw new Error("config.ts lets no webhook through without a secret");
  return webhookOtpTransport({ ...config.otp, secret: secrets.otpWebhookSecret, newMessageId: randomUUID });
}
