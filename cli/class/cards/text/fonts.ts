import * as fs from "node:fs";
import { faceOf, missingIn, type Face } from "./face";
import { packageFaces, type WebFont } from "./package-fonts";
import { systemFaces } from "./system-fonts";

/** A font file that dejavu-fonts-ttf brings. */
function dejavu(id: string): Face {
  return faceOf(id, fs.readFileSync(require.resolve(`dejavu-fonts-ttf/ttf/${id}.ttf`)));
}

/** What the cards are set in: Latin, Greek, Cyrillic, Armenian, Georgian, Arabic and Hebrew are in it. */
export const text = dejavu("DejaVuSansCondensed");
export const bold = dejavu("DejaVuSansCondensed-Bold");
export const mono = dejavu("DejaVuSansMono");

/** Where fonts come from for a name that those before lack characters of. `web` is told of those that a page has to bring itself. */
export type Source = (name: string, missing: readonly string[], web: (font: WebFont) => void) => Promise<readonly Face[]>;

/** The fonts of a document's names. */
export interface NameFonts {
  facesOf(name: string): readonly Face[];
  readonly web: readonly WebFont[];
}

/**
 * The fonts that names need. What `bold` has not, this machine's own fonts may have; else a package of the one script is fetched, and kept.
 * `say` is told what is fetched, and why something could not be.
 */
export async function fontsFor(names: readonly string[], say: (text: string) => void, sources: readonly Source[] = [systemFaces, packageFaces(say)]): Promise<NameFonts> {
  const faces = new Map<string, readonly Face[]>();
  const web = new Map<string, WebFont>();
  for (const name of names) {
    let found: readonly Face[] = [bold];
    for (const source of sources) {
      const missing = missingIn(name, found);
      if (missing.length > 0) found = [...found, ...(await source(name, missing, (font) => web.set(font.id, font)))];
    }
    faces.set(name, found);
  }
  return { facesOf: (name) => faces.get(name) ?? [bold], web: [...web.values()] };
}
