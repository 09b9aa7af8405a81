/** Reads what somebody takes for a receipt. Whether it is one, and holds, is for `verifyReceipt` to say. */

/** Several times the largest receipt: payload and note have up to 64 KiB each. */
const MOST_BYTES = 1024 * 1024;

export type FileFault = "tooLarge" | "empty" | "notText" | "notJson" | "isExport" | "unreadable";

export type ReadJson =
  { readonly ok: true; readonly json: unknown } | { readonly ok: false; readonly fault: FileFault };

export async function readReceiptFile(file: File): Promise<ReadJson> {
  if (file.size > MOST_BYTES)
    return { ok: false, fault: (await startsAsExport(file)) ? "isExport" : "tooLarge" };
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    // A folder, or a file that has gone or changed since.
    return { ok: false, fault: "unreadable" };
  }
  try {
    return readReceiptText(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return { ok: false, fault: "notText" };
  }
}

export function readReceiptText(text: string): ReadJson {
  if (text.trim() === "") return { ok: false, fault: "empty" };
  if (text.length > MOST_BYTES) return { ok: false, fault: "tooLarge" };
  if (isExport(text)) return { ok: false, fault: "isExport" };
  try {
    return { ok: true, json: JSON.parse(text) as unknown };
  } catch {
    return { ok: false, fault: "notJson" };
  }
}

const isExport = (text: string): boolean => text.startsWith('{"format":"identity-ledger/export/');

async function startsAsExport(file: File): Promise<boolean> {
  try {
    return isExport(await file.slice(0, 100).text());
  } catch {
    return false;
  }
}
