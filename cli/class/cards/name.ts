import { missingIn } from "./text/face";
import type { NameFonts } from "./text/fonts";

/** A name as a PDF can show it. */
export interface Shown {
  /** Undefined: a line is left to write it on. Half a name is nobody's. */
  readonly name?: string;
  /** What could not be shown, for the trainer. */
  readonly note?: string;
}

/** A picture that no font has is left out; a name with a letter that none has is not printed at all. Never a box in the place of a character, and never in silence. */
export function shownName(trainee: string, fonts: NameFonts): Shown {
  const missing = missingIn(trainee, fonts.facesOf(trainee));
  if (missing.length === 0) return { name: trainee };
  const listed = missing.map((character) => `${character} (U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")})`).join(", ");
  const rest = [...trainee]
    .filter((character) => !missing.includes(character))
    .join("")
    .replace(/\s+/g, " ")
    .trim();
  const isWord = missing.some((character) => /[\p{L}\p{M}\p{N}]/u.test(character));
  if (isWord || !/[\p{L}\p{N}]/u.test(rest)) return { note: `no font here has ${listed}: the PDF has a line to write the name on. A browser with a font for it prints the page.` };
  return { name: rest, note: `no font here has ${listed}: left out in the PDF.` };
}
