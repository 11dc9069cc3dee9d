/**
 * Character widths as parts of the font size. They fit the widest font that a browser may choose (DejaVu Sans), so
 * text stays in its box.
 */
const wide: readonly [RegExp, number][] = [
  [/[iljI.,:;'|!]/, 0.33],
  [/[ ft()[\]r/-]/, 0.42],
  [/[mwMW%@→]/, 0.96],
  [/[A-Z&·…]/, 0.69],
  [/[\x20-\x7e]/, 0.62],
];

/** Estimates a text's width in px, never below the real width. */
export function textWidth(text: string, size: number, bold = false): number {
  const units = [...text].reduce(
    (sum, character) => sum + (wide.find(([pattern]) => pattern.test(character))?.[1] ?? 1),
    0,
  );
  return Math.ceil(units * size * (bold ? 1.12 : 1));
}

/** Returns the text, cut with `…` where it is too wide. */
export function fit(text: string, width: number, size: number, bold = false): string {
  if (textWidth(text, size, bold) <= width) return text;
  const characters = [...text];
  while (characters.length > 1 && textWidth(`${characters.join("")}…`, size, bold) > width) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

/** Escapes a text for XML, and drops characters that XML cannot hold. */
export function xml(text: string): string {
  const legal = text.replace(
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    "",
  );
  return legal.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Formats a rate: `12/s`, `2.4/s`, `0.1/s`, `<0.1/s`. */
export function perSecond(rate: number): string {
  if (rate >= 9.95) return `${Math.round(rate)}/s`;
  return rate < 0.05 ? "<0.1/s" : `${rate.toFixed(1)}/s`;
}
