import { Command, InvalidArgumentError } from "commander";
import { viewChain } from "../../server/audit/chain-view.ts";
import { Findings, printable } from "../../server/audit/findings.ts";
import type { ChainConsent } from "../../server/ports/audit.ts";
import { chainOf, chainTrust, withJson, withTrust } from "./options.ts";
import type { TrustOptions } from "./options.ts";
import { conclude, print, printFindings, printJson } from "./outcome.ts";

export function consentCommand(): Command {
  return withJson(
    withTrust(
      new Command("consent")
        .description("what the chain says of a consent; exits 0 if it stands, 1 if it does not")
        .argument("<id>", "the consent's id, 0x and 64 hex digits", consentId),
    ),
  ).action(async (id: string, options: TrustOptions & { json?: boolean }) => {
    const trust = chainTrust(options);
    const chain = chainOf(options);
    const findings = new Findings(1);
    await viewChain(chain, trust, { fromBlock: 0 }, findings);
    const consent = await chain.consent(trust.contract, id);
    const stands = consent.active && findings.list.length === 0;
    const result = stands ? "verified" : "does_not_hold";
    const state = stateOf(consent);
    if (options.json === true) {
      printJson({ command: "consent", result, id, state, ...consent, findings: findings.list });
    } else if (findings.list.length > 0) {
      printFindings(findings.list);
    } else {
      printConsent(state, consent);
    }
    conclude(result);
  });
}

function stateOf({
  active,
  grantedAt,
  revokedAt,
}: ChainConsent): "active" | "unknown" | "revoked" | "expired" {
  if (active) return "active";
  if (grantedAt === 0) return "unknown";
  return revokedAt === 0 ? "expired" : "revoked";
}

function printConsent(state: string, consent: ChainConsent): void {
  print(state.toUpperCase());
  if (state === "unknown") return;
  print();
  print(`  purpose    ${printable(consent.purpose)}`);
  print(`  document   ${consent.documentHash}`);
  print(`  granted    ${instant(consent.grantedAt)}`);
  print(`  expires    ${consent.expiresAt === 0 ? "never" : instant(consent.expiresAt)}`);
  if (consent.revokedAt !== 0) print(`  revoked    ${instant(consent.revokedAt)}`);
}

/** A contract takes 40 bits of seconds, which is more than a Date can be. */
function instant(seconds: number): string {
  const date = new Date(seconds * 1_000);
  return Number.isNaN(date.getTime()) ? `second ${seconds}` : date.toISOString();
}

function consentId(text: string): string {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) throw new InvalidArgumentError("Expected 0x and 64 hex digits.");
  return text.toLowerCase();
}
