/** The tables, as Kysely sees them; migrations/ creates them. Instants are ms, hashes on chain 0x hex text. */

export interface Schema {
  ledger: { id: 1; ledger_id: string; size: number; last_timestamp: number };
  subjects: { id: string; identity_hash: string; next_seq: number; created_at: number };
  aliases: { alias: string; kind: string; subject_id: string };
  credentials: {
    subject_id: string;
    policy: string;
    phc: string | null;
    pepper_id: string | null;
    reserved: number;
    cleared: number;
    locked_until: number | null;
    disabled_at: number | null;
    generation: number;
    open_attempts: string | null;
    created_at: number;
    updated_at: number;
    pin_length: number | null;
    client_parameters: string | null;
    temporary_until: number | null;
    temporary_spent: number | null;
  };
  pin_sessions: { id: string; subject_id: string; generation: number; expires_at: number };
  admin_actions: { seq: number; action: string; timestamp: number };
  otp_challenges: {
    id: string;
    phone_alias: string;
    code_mac: Uint8Array;
    failed_tries: number;
    created_at: number;
    expires_at: number;
  };
  /** The latest challenge of a phone for each purpose: a new one takes the place of the old. */
  otp_grants: { phone_alias: string; purpose: string; challenge_id: string; used_at: number | null };
  /** Wrong codes of a phone, over all its challenges. */
  otp_counters: {
    phone_alias: string;
    reserved: number;
    cleared: number;
    locked_until: number | null;
    disabled_at: number | null;
  };
  consents: {
    id: string;
    subject_id: string;
    purpose: string;
    document_version: string;
    document_hash: string;
    granted_at: number;
    expires_at: number | null;
    revoked_at: number | null;
    event_id: string;
  };
  /** The outbox of consent changes; digests need none, the events themselves are theirs. */
  consent_changes: {
    seq: number;
    event_index: number;
    consent_id: string;
    action: string;
    timestamp: number;
    expires_at: number;
    purpose: string;
    document_hash: string;
  };
  events: {
    leaf_index: number;
    id: string;
    subject_id: string;
    subject_seq: number;
    timestamp: number;
    type: string;
    payload: Uint8Array | null;
    salt: Uint8Array | null;
    digest: Uint8Array;
  };
  idempotency: {
    id: string;
    fingerprint: string;
    outcome: string | null;
    conflicts: number;
    created_at: number;
  };
  tiles: { level: number; tile_index: number; hashes: Uint8Array };
  epochs: {
    number: number;
    chain_id: number;
    contract: string;
    genesis_hash: string;
    code_hash: string;
    disposable: number;
    opened_at: number;
  };
  batches: {
    id: number;
    epoch: number;
    from_size: number;
    to_size: number;
    from_change: number;
    to_change: number;
    root: Uint8Array;
    relayer: string;
    nonce: number;
    status: string;
    created_at: number;
    tx_hash: string | null;
    block_number: number | null;
    block_hash: string | null;
    /** When we saw it in its block. */
    mined_at: number | null;
  };
  /** Hours by their start, in ms. */
  weak_rejections: { hour: number; count: number };
  secret_marks: { name: string; mark: string };
  cosignatures: { witness: string; size: number; timestamp: number; signature: Uint8Array };
  /** Every signed form of a batch's transaction, stored before it is broadcast. Fees in wei, as decimal text. */
  anchor_attempts: {
    tx_hash: string;
    batch_id: number;
    ordinal: number;
    raw: string;
    relayer: string;
    nonce: number;
    /** Null where the transaction has a plain gas price. */
    max_priority_fee: string | null;
    max_fee: string;
  };
  /** One row: who may send. */
  anchor_lease: { id: 1; owner: string; token: number; beat: number };
}
