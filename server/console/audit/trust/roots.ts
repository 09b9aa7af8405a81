/**
 * What the visitor trusts: whatever was typed, and what the service says of itself in the place of the rest. It lasts as
 * long as the page.
 */
import { computed, signal } from "@preact/signals";
import { parseTrust } from "../../../audit/trust.ts";
import type { AuditTrust } from "../../../audit/trust.ts";
import { LedgerRefusal } from "../../../ledger/index.ts";
import { config } from "../../shared/sign-in-state.ts";
import type { TrustFault } from "./words.ts";

export const ROOTS = ["rpcUrl", "chainId", "contract", "ledgerKey", "codeHash"] as const;
export type RootName = (typeof ROOTS)[number];
export type Roots = Readonly<Record<RootName, string>>;

const typed = signal<Partial<Roots>>({});

const ofService = computed((): Roots => {
  const { chain, ledgerKey = "" } = config.value ?? {};
  return {
    rpcUrl: chain?.rpcUrl ?? "",
    chainId: chain === undefined ? "" : String(chain.chainId),
    contract: chain?.contract ?? "",
    ledgerKey,
    codeHash: "",
  };
});

export const roots = computed((): Roots => ({ ...ofService.value, ...typed.value }));

/** Whether anything of what is needed is still the service's word. */
export const isServicesWord = computed(() =>
  ROOTS.some(
    (name) => name !== "codeHash" && typed.value[name] === undefined && ofService.value[name] !== "",
  ),
);

export function type(name: RootName, value: string): void {
  typed.value = { ...typed.value, [name]: value.trim() };
}

export function reset(): void {
  typed.value = {};
}

export const isTyped = computed(() => Object.keys(typed.value).length > 0);

export type Faults = Partial<Record<RootName, TrustFault>>;

/** What was not right when somebody last wanted to use it. */
export const faults = signal<Faults>({});

export interface TrustRoots {
  readonly rpcUrl: string;
  readonly trust: AuditTrust;
}

/** The roots as code takes them; null, with the faults told, where something is missing or malformed. */
export function trustRoots(): TrustRoots | null {
  const found = faultsOf(roots.value);
  faults.value = found;
  if (Object.keys(found).length > 0) return null;
  const { rpcUrl, chainId, contract, ledgerKey, codeHash } = roots.value;
  const trust = { chainId: Number(chainId), contract, ledgerKey, ...(codeHash === "" ? {} : { codeHash }) };
  return { rpcUrl, trust: parseTrust(trust) as AuditTrust };
}

function faultsOf(given: Roots): Faults {
  const found: Faults = {};
  for (const name of ROOTS) {
    const fault = faultOf(name, given[name]);
    if (fault !== null) found[name] = fault;
  }
  return found;
}

function faultOf(name: RootName, value: string): TrustFault | null {
  if (value === "") return name === "codeHash" ? null : "missing";
  if (name === "rpcUrl") return rpcFault(value);
  try {
    parseTrust({ [name]: name === "chainId" ? Number(value) : value });
    return null;
  } catch (error) {
    if (error instanceof LedgerRefusal) return name;
    throw error;
  }
}

/** The page's policy lets it ask any https address, and http on this computer. */
function rpcFault(value: string): TrustFault | null {
  if (!URL.canParse(value)) return "url";
  const url = new URL(value);
  if (url.username !== "" || url.password !== "") return "credentials";
  const isNear = url.hostname === "127.0.0.1" || url.hostname === "localhost";
  return url.protocol === "https:" || (url.protocol === "http:" && isNear) ? null : "scheme";
}
