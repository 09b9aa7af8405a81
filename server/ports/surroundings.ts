/** What a process has around it: time, randomness, a log, and a way to reach a phone. */
import type { OtpPurpose } from "../domain/otp.ts";
import type { PhoneNumber } from "../domain/phone.ts";

export interface Clock {
  /** Never goes back, and does not jump ahead with the wall clock while the process runs. */
  now(): number;
}

export type RandomBytes = (length: number) => Uint8Array;

export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface OtpTransport {
  send(message: { phoneNumber: PhoneNumber; code: string; purposes: readonly OtpPurpose[] }): Promise<void>;
}
