/** Columns as wide as their widest cell; the first is set left, the others right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return rows.map((row) => `  ${line(row)}\n`).join("");
}

export const ms = (value: number): string => (Number.isNaN(value) ? "-" : `${value.toFixed(1)} ms`);
export const verdict = (holds: boolean): string => (holds ? "holds" : "DOES NOT HOLD");
