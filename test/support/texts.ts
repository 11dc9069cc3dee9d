import fc from "fast-check";

/**
 * Texts that are not names: empty text, paths that lead elsewhere, and text that is special to a shell or a terminal.
 */
const odd = [
  "", " ", ".", "..", "../..", "../state", "../../outside", "a/..", "a/../b", "./a", "a/", "/", "//", "/etc", "~", "~root", "*", "$HOME", "-rf", "--", "a\0", "\0", "a\n", "\r\n", "a b",
  "．．", "‥", "a\u202eb", "\u001b[2J", "é", "e\u0301", "CON", "a".repeat(64), "a".repeat(300), "../".repeat(2000), "link", "link/..", "file",
]; // prettier-ignore

/**
 * Any Unicode character. fast-check's own `binary` first builds a table of all of them, which takes a second of CPU
 * and 110 MB in each process.
 */
export const anyCharacter = fc
  .nat(0x10ffff - 0x800)
  .map((place) => String.fromCodePoint(place < 0xd800 ? place : place + 0x800));

/** Any text: random, Unicode, odd or very long; also one of `near`, and combinations of them. */
export function anyText(near: readonly string[]): fc.Arbitrary<string> {
  const random = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 200 }),
    fc.string({ unit: "grapheme" }),
    fc.stringMatching(/^[a-z0-9./-]{0,12}$/),
    fc.constantFrom(...odd),
  );
  const given = near.length > 0 ? fc.constantFrom(...near) : random;
  const mixed = fc
    .tuple(fc.oneof(given, fc.constantFrom("..", "/", "")), fc.constantFrom("/", "", "\0", "/../"), random)
    .map((parts) => parts.join(""));
  return fc.oneof(random, given, mixed);
}
