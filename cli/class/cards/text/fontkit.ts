/** What is asked of a font before it is drawn with: pdfkit's own font library, of which there are no types. */
export interface Font {
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
