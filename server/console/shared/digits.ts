/** ASCII digits of what was typed or pasted; also from the keyboards of Arabic (U+0660) and Persian (U+06F0). */
export function digitsOf(text: string): string {
  return Array.from(text, digitOf).join("");
}

function digitOf(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  for (const zero of [0x30, 0x660, 0x6f0])
    if (point >= zero && point <= zero + 9) return String(point - zero);
  return "";
}
