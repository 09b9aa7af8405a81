import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** SHA-256 of a text's UTF-8, as `0x` and hex. By our own code: off loopback and TLS browsers offer none. */
export const fingerprint = (text: string): string => `0x${bytesToHex(sha256(utf8ToBytes(text)))}`;
