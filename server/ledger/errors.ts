/** Why this module refused an input. The codes are stable; the messages are for people and may change. */
export type LedgerRefusalCode =
  | "hex_malformed"
  | "base64_malformed"
  | "text_malformed"
  | "payload_unrepresentable"
  | "payload_not_canonical"
  | "payload_too_large"
  | "payload_envelope"
  | "verifier_key_malformed"
  | "note_malformed"
  | "note_signature_missing"
  | "note_signature_invalid"
  | "checkpoint_malformed"
  | "checkpoint_origin_mismatch"
  | "checkpoint_quorum_missing"
  | "tile_path_malformed"
  | "bundle_malformed"
  | "receipt_malformed"
  | "export_malformed"
  | "export_truncated"
  | "export_checksum"
  | "trust_malformed";

/**
 * A refusal: the input is well understood and not acceptable.
 * A caller's own mistake (an index outside the tree, a short tile) is a `RangeError` instead.
 */
export class LedgerRefusal extends Error {
  readonly code: LedgerRefusalCode;

  constructor(code: LedgerRefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LedgerRefusal";
    this.code = code;
  }
}
