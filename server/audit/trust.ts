import { LedgerRefusal, parseVerifierKey } from "../ledger/index.ts";

/** What the auditor knows from elsewhere. A source that could choose it could prove anything. */
export interface AuditTrust {
  readonly chainId: number;
  /** 0x and 40 hex digits, lowercase. */
  readonly contract: string;
  /** The ledger's verifier key, `name+id+base64`; its name says which ledger. */
  readonly ledgerKey: string;
  /** keccak256 of the contract's code, 0x and lowercase hex. */
  readonly codeHash?: string | undefined;
}

export type ChainTrust = Omit<AuditTrust, "ledgerKey">;

type Rules = { readonly [Field in keyof Required<AuditTrust>]: (value: unknown) => boolean };

const RULES: Rules = {
  chainId: (value) => Number.isSafeInteger(value) && (value as number) > 0,
  contract: (value) => typeof value === "string" && /^0x[0-9a-fA-F]{40}$/.test(value),
  codeHash: (value) => typeof value === "string" && /^0x[0-9a-fA-F]{64}$/.test(value),
  ledgerKey: isVerifierKey,
};

/** Reads trust roots, some of which may be missing. Refuses unknown or malformed ones with `trust_malformed`. */
export function parseTrust(json: unknown): Partial<AuditTrust> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new LedgerRefusal("trust_malformed", "the trust roots are not a JSON object");
  }
  for (const [field, value] of Object.entries(json)) {
    if (!Object.hasOwn(RULES, field)) {
      throw new LedgerRefusal("trust_malformed", `there is no trust root named ${JSON.stringify(field)}`);
    }
    if (!RULES[field as keyof AuditTrust](value)) {
      throw new LedgerRefusal("trust_malformed", `the trust root ${field} is malformed`);
    }
  }
  const { contract, codeHash, ...rest } = json as Partial<AuditTrust>;
  return {
    ...rest,
    ...(contract === undefined ? {} : { contract: contract.toLowerCase() }),
    ...(codeHash === undefined ? {} : { codeHash: codeHash.toLowerCase() }),
  };
}

function isVerifierKey(value: unknown): boolean {
  try {
    return typeof value === "string" && parseVerifierKey(value).name !== "";
  } catch (error) {
    if (error instanceof LedgerRefusal) return false;
    throw error;
  }
}
