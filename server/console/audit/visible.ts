/**
 * Text from an event, so that it shows what is there: control characters and those that change the direction of
 * writing, with which one text can look like another, are written out.
 */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
