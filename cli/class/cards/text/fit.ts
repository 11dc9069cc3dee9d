import bidiFactory from "bidi-js";
import { type Face, faceFor } from "./face";

/** A text as it is drawn within a width: one line, or two, in the largest size that fits. */
interface Fitted {
  readonly size: number;
  readonly lines: readonly (readonly Run[])[];
}

/** A name is made smaller down to this part of its size before it goes on in a second line. */
const ONE_LINE = 0.72;
const STEP = 0.97;

/** `widthOf`: of a run at size 1. */
export function fit(text: string, { width, size, faces, widthOf }: { width: number; size: number; faces: readonly Face[]; widthOf: (run: Run) => number }): Fitted {
  const shaped = (line: string) => {
    const runs = runsOf(line, faces);
    return { runs, width: runs.reduce((sum, run) => sum + widthOf(run), 0) };
  };
  const one = shaped(text);
  if (one.width * size * ONE_LINE <= width) return { size: Math.min(size, width / one.width), lines: [one.runs] };
  // The break that needs the least width: the halves are about as long as each other.
  const halves = breaks(text).map((at) => [text.slice(0, at).trimEnd(), text.slice(at).trimStart()].map(shaped));
  const best = halves.reduce((a, b) => (widest(b) < widest(a) ? b : a), halves[0] ?? [one]);
  let fitted = size;
  while (widest(best) * fitted > width) fitted *= STEP;
  return { size: fitted, lines: best.map(({ runs }) => runs) };
}

function widest(lines: readonly { width: number }[]): number {
  return Math.max(...lines.map(({ width }) => width));
}

/** Where a line may end: between words, of whatever script; in a single long word between its characters. */
function breaks(text: string): number[] {
  const at = (granularity: "word" | "grapheme") => [...new Intl.Segmenter("en", { granularity }).segment(text)].map(({ index }) => index).filter((index) => index > 0);
  const words = at("word").filter((index) => /\s/.test(text[index - 1]!) || !/\s/.test(text));
  return words.length > 0 ? words : at("grapheme");
}

/** A piece of a line in one font and one direction, in the order of its characters; drawn from the left, one after the other. */
export interface Run {
  readonly face: Face;
  readonly text: string;
}

const bidi = bidiFactory();

/** A line of text as it is drawn, from left to right: pieces of right-to-left writing stand where they are seen, https://unicode.org/reports/tr9. */
export function runsOf(line: string, faces: readonly Face[]): Run[] {
  const embedding = bidi.getEmbeddingLevels(line);
  const { levels } = embedding;
  const mirrored = bidi.getMirroredCharactersMap(line, levels);
  const faceAt = facesOf(line, faces);
  const runs: { face: Face; from: number; to: number; level: number }[] = [];
  for (const index of bidi.getReorderedIndices(line, embedding)) {
    const [face, level, last] = [faceAt[index]!, levels[index]!, runs.at(-1)];
    if (last && last.face === face && last.level === level && (index === last.to + 1 || index === last.from - 1)) {
      last.from = Math.min(last.from, index);
      last.to = Math.max(last.to, index);
    } else runs.push({ face, from: index, to: index, level });
  }
  return runs.map(({ face, from, to }) => {
    const characters = Array.from({ length: to - from + 1 }, (_, offset) => mirrored.get(from + offset) ?? line[from + offset]!);
    return { face, text: drawable(characters.join(""), face) };
  });
}

/** The face of each of the line's code units. Blanks are the first face's: a font of one script may have none, or a wide one. */
function facesOf(line: string, faces: readonly Face[]): Face[] {
  let before = faces[0]!;
  return [...line].flatMap((character) => {
    // Marks and joiners belong to the letter before them, and are shaped with it.
    const stays = /^\p{Default_Ignorable_Code_Point}$/u.test(character) || (/^\p{M}$/u.test(character) && before.has(character));
    if (!stays) before = faceFor(character, faces) ?? before;
    return Array<Face>(character.length).fill(before);
  });
}

/** Joiners that a font knows shape its letters; others it would show as a box. */
function drawable(text: string, face: Face): string {
  return [...text].filter((character) => !/^\p{Default_Ignorable_Code_Point}$/u.test(character) || face.has(character)).join("");
}
