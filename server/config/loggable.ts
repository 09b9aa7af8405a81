/** What of the configuration may be seen: addresses carry passwords, and a path may be an API key. */
import type { Config } from "./config.ts";
import type { PrimaryAuthConfig } from "./primary-auth.ts";

export function loggable(config: Config) {
  const { databaseUrl, chain, otp, primaryAuth, ...rest } = config;
  return {
    ...rest,
    database: database(databaseUrl),
    chain: chain.kind === "embedded" ? chain : { ...chain, rpcUrl: schemeAndHost(chain.rpcUrl) },
    primaryAuth: primaryAuth === null ? null : { ...primaryAuth, keys: keySource(primaryAuth.keys) },
    otp: otp.transport === "console" ? otp : { ...otp, url: schemeAndHost(otp.url) },
  };
}

const keySource = (keys: PrimaryAuthConfig["keys"]) =>
  keys.kind === "jwks" ? { ...keys, url: schemeAndHost(keys.url) } : keys;

/** The embedded chain's address is for auditors; of another's only where it is. */
export const loggableChainUrl = (config: Config, url: string): string =>
  config.chain.kind === "embedded" ? url : schemeAndHost(url);

function schemeAndHost(address: string): string {
  const url = parsed(address);
  return url === null ? schemeOf(address) : `${url.protocol}//${url.host}`;
}

function database(address: string): string {
  if (address.startsWith("sqlite:")) return address.replace(/\?.*$/s, "");
  const url = parsed(address);
  return url === null ? schemeOf(address) : `${url.protocol}//${url.host}${url.pathname}`;
}

/** Null also where an `@` comes late: then part of a password that was not escaped was taken for host or path. */
function parsed(address: string): URL | null {
  const url = URL.parse(address);
  return url === null || `${url.pathname}${url.search}${url.hash}`.includes("@") ? null : url;
}

const schemeOf = (address: string): string => address.replace(/:.*$/s, ":");
