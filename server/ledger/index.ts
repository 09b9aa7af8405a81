// The ledger's formats and proofs. Pure and browser-safe: bytes in, bytes out; no clock, no randomness, no
// chain and no store. An auditor can run exactly this code.

export { concat, equal, fromBase64, fromHex, fromUtf8, toBase64, toHex, toUtf8 } from "./bytes.ts";
export { canonicalJson } from "./canonical-json.ts";
export type { CanonicalJsonOptions, JsonValue } from "./canonical-json.ts";
export { ChainUnavailable } from "./chain-reader.ts";
export type { AnchorTransaction, AnchoredRange, ChainReader } from "./chain-reader.ts";
export {
  checkpointOrigin,
  formatCheckpoint,
  parseCheckpoint,
  signCheckpoint,
  verifyCheckpoint,
} from "./checkpoint.ts";
export type { Checkpoint, CheckpointTrust } from "./checkpoint.ts";
export { MAX_SIZE, subtreesBetween } from "./coordinates.ts";
export type { NodeCoordinate } from "./coordinates.ts";
export {
  cosignaturesOf,
  createWitness,
  formatWitnessKey,
  parseWitnessKey,
  parseWitnessKeys,
} from "./cosignature.ts";
export type { Cosignature, Witness } from "./cosignature.ts";
export { SALT_BYTES, eventDigest } from "./digest.ts";
export { decodeBundle, encodeBundle } from "./entry-bundle.ts";
export { LedgerRefusal } from "./errors.ts";
export type { LedgerRefusalCode } from "./errors.ts";
export { EXPORT_FORMAT, parseExportEvent, parseExportHeader, parseExportTrailer } from "./export.ts";
export type { ExportEvent, ExportHeader, ExportTrailer } from "./export.ts";
export { decodeExport, exportDecoder, exportEncoder } from "./export-stream.ts";
export type { ExportDecoder, ExportEncoder, ExportItem } from "./export-stream.ts";
export { EMPTY_FRONTIER, append, appendNode, frontierNodes, frontierOf, root } from "./frontier.ts";
export type { Frontier, NodeVisitor } from "./frontier.ts";
export { HASH_BYTES, emptyRoot, leafHash, nodeHash } from "./merkle-hash.ts";
export { createSigner, formatVerifierKey, parseVerifierKey, verifierKey } from "./note-key.ts";
export type { NoteSigner, VerifierKey } from "./note-key.ts";
export { MAX_PAYLOAD_BYTES, decodePayload, encodePayload, isLedgerId } from "./payload.ts";
export type { EventPayload } from "./payload.ts";
export { assembleProof, consistencyPlan, inclusionPlan, planNodes } from "./proof-plan.ts";
export type { ProofPlan } from "./proof-plan.ts";
export { RECEIPT_FORMAT, parseReceipt } from "./receipt.ts";
export type { AnchorStatus, Receipt, ReceiptAnchor } from "./receipt.ts";
export { formatNote, parseNote, signNote, verifyNote } from "./signed-note.ts";
export type { NoteSignature, SignedNote } from "./signed-note.ts";
export {
  TILE_HEIGHT,
  TILE_WIDTH,
  bundlePath,
  encodeTileIndex,
  foldTile,
  hashFromTile,
  nodeInTile,
  parseBundlePath,
  parseTilePath,
  tilePath,
  tileWidth,
} from "./tiles.ts";
export type { NodeInTile, TileCoordinate } from "./tiles.ts";
export { CHECKS, conclusionOf } from "./verdict.ts";
export type { Check, CheckName, CheckStatus, Conclusion, Verdict, VerdictLevel } from "./verdict.ts";
export { verifyConsistency } from "./verify-consistency.ts";
export { inclusionPath, rootFromInclusionProof, verifyInclusion } from "./verify-inclusion.ts";
export type { PathStep } from "./verify-inclusion.ts";
export { verifyReceipt } from "./verify-receipt.ts";
export type { Trust, VerifyOptions } from "./verify-receipt.ts";
