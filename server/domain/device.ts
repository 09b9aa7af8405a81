/** What a client says about the device: recorded as its claim (presence is `asserted`, never `verified`). */
export interface DeviceMetadata {
  readonly platform?: string;
  readonly version?: string;
  readonly deviceId?: string;
  readonly sessionId?: string;
  readonly userAgent?: string;
  readonly ipAddress?: string;
}

const FIELDS = ["platform", "version", "deviceId", "sessionId", "userAgent", "ipAddress"] as const;
const MAX_LENGTH = 256;

/**
 * Bounds what goes into an event: known fields, printable characters, limited length. Control characters would let
 * a client forge lines in whatever displays the ledger; lone surrogates have no UTF-8 form.
 */
export function sanitizeDevice(claimed: DeviceMetadata): DeviceMetadata {
  const clean: Record<string, string> = {};
  for (const field of FIELDS) {
    const value = claimed[field];
    if (value === undefined) continue;
    const printable = value.toWellFormed().replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "");
    const text = [...printable].slice(0, MAX_LENGTH).join("");
    if (text !== "") clean[field] = text;
  }
  return clean;
}
