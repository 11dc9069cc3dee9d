/** A font that a text may be drawn with. */
export interface Face {
  /** Unique within a document. */
  readonly id: string;
  readonly data: Buffer;
  /** Of a collection: which. */
  readonly member?: string;
  has(character: string): boolean;
}

export function faceOf(id: string, data: Buffer, member?: string): Face {
  let font: Font | undefined;
  const has = (character: string) => {
    font ??= openFont(data, member);
    const codePoint = character.codePointAt(0)!;
    // A font of pictures (coloured emoji) has a glyph without an outline: a PDF would show nothing.
    return font.hasGlyphForCodePoint(codePoint) && (isBlank(character) || font.glyphForCodePoint(codePoint).path.commands.length > 0);
  };
  return { id, data, ...(member !== undefined && { member }), has };
}

/** What is not seen: blanks, joiners, marks of direction. */
function isBlank(character: string): boolean {
  return /^[\s\p{Default_Ignorable_Code_Point}]$/u.test(character);
}

/** The first of the faces that has the character. What is not seen needs none. */
export function faceFor(character: string, faces: readonly Face[]): Face | undefined {
  return faces.find((face) => face.has(character)) ?? (isBlank(character) ? faces[0] : undefined);
}

/** The characters that none of the faces has, each once. */
export function missingIn(text: string, faces: readonly Face[]): string[] {
  return [...new Set(text)].filter((character) => faceFor(character, faces) === undefined);
}

/** What is asked of a font before it is drawn with: pdfkit's own font library, of which there are no types. */
interface Font {
  readonly postscriptName: string;
  hasGlyphForCodePoint(codePoint: number): boolean;
  glyphForCodePoint(codePoint: number): { readonly path: { readonly commands: readonly unknown[] } };
}

const fontkit = require("fontkit") as { create(data: Buffer, postscriptName?: string): Font & { readonly fonts?: readonly Font[] } };

/** Opens a font file. @throws Error where it is none; `name` chooses one of a collection */
export function openFont(data: Buffer, name?: string): Font {
  const opened = fontkit.create(data, name);
  if (opened.fonts) throw new Error("a collection of fonts, of which none is named");
  return opened;
}
