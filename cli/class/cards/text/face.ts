/** A font to draw text with. */
export interface Face {
  /** Unique within a document. */
  readonly id: string;
  has(character: string): boolean;
  /** Returns the opened font, the same one each time. Reading its tables takes longer than drawing a card. */
  font(): Font;
}

/** @param member the font's name within a collection file */
export function faceOf(id: string, data: Buffer, member?: string): Face {
  let opened: Font | undefined;
  const font = () => (opened ??= openFont(data, member));
  const has = (character: string) => {
    const codePoint = character.codePointAt(0)!;
    // Picture fonts (colored emoji) have glyphs without outlines, which a PDF would show as nothing.
    return (
      font().hasGlyphForCodePoint(codePoint) &&
      (isBlank(character) || font().glyphForCodePoint(codePoint).path.commands.length > 0)
    );
  };
  return { id, has, font };
}

/** Invisible characters: blanks, joiners, direction marks. */
function isBlank(character: string): boolean {
  return /^[\s\p{Default_Ignorable_Code_Point}]$/u.test(character);
}

/** Returns the first face that has the character. An invisible character needs none. */
export function faceFor(character: string, faces: readonly Face[]): Face | undefined {
  return faces.find((face) => face.has(character)) ?? (isBlank(character) ? faces[0] : undefined);
}

/** The characters that no face has, each once. */
export function missingIn(text: string, faces: readonly Face[]): string[] {
  return [...new Set(text)].filter((character) => faceFor(character, faces) === undefined);
}

/** What we ask pdfkit's font library, which ships no types. */
export interface Font {
  readonly postscriptName: string;
  hasGlyphForCodePoint(codePoint: number): boolean;
  glyphForCodePoint(codePoint: number): { readonly path: { readonly commands: readonly unknown[] } };
}

const fontkit = require("fontkit") as {
  create(data: Buffer, postscriptName?: string): Font & { readonly fonts?: readonly Font[] };
};

/** Opens a font file; `name` chooses one font of a collection. @throws Error where the file is not a font */
export function openFont(data: Buffer, name?: string): Font {
  const opened = fontkit.create(data, name);
  if (opened.fonts) throw new Error("a collection of fonts that names none of them");
  return opened;
}
