import bidiFactory from "bidi-js";
import { type Face, faceFor } from "./face";

/** A text fitted to a width: one or two lines, in the largest size that fits. */
interface Fitted {
  readonly size: number;
  readonly lines: readonly (readonly Run[])[];
}

/** A name shrinks to this factor before it takes a second line. */
const ONE_LINE = 0.72;
const STEP = 0.97;

/** @param widthOf returns the width of a run at size 1 */
export function fit(
  text: string,
  {
    width,
    size,
    faces,
    widthOf,
  }: { width: number; size: number; faces: readonly Face[]; widthOf: (run: Run) => number },
): Fitted {
  const shaped = (line: string) => {
    const runs = runsOf(line, faces);
    return { runs, width: runs.reduce((sum, run) => sum + widthOf(run), 0) };
  };
  const one = shaped(text);
  if (one.width * size * ONE_LINE <= width) return { size: Math.min(size, width / one.width), lines: [one.runs] };
  // Breaks so that the longer half is as short as possible.
  const halves = breaks(text).map((at) => [text.slice(0, at).trimEnd(), text.slice(at).trimStart()].map(shaped));
  const best = halves.reduce((a, b) => (widest(b) < widest(a) ? b : a), halves[0] ?? [one]);
  let fitted = size;
  while (widest(best) * fitted > width) fitted *= STEP;
  return { size: fitted, lines: best.map(({ runs }) => runs) };
}

function widest(lines: readonly { width: number }[]): number {
  return Math.max(...lines.map(({ width }) => width));
}

/** The places where a line may break: between words of any script, or between the characters of a single long word. */
function breaks(text: string): number[] {
  const at = (granularity: "word" | "grapheme") =>
    [...new Intl.Segmenter("en", { granularity }).segment(text)].map(({ index }) => index).filter((index) => index > 0);
  const words = at("word").filter((index) => /\s/.test(text[index - 1]!) || !/\s/.test(text));
  return words.length > 0 ? words : at("grapheme");
}

/** A piece of a line in one font and one direction, with its characters in order. Runs are drawn from left to right. */
export interface Run {
  readonly face: Face;
  readonly text: string;
}

const bidi = bidiFactory();

/**
 * Splits a line into runs in visual order, left to right, by the bidirectional algorithm:
 * https://unicode.org/reports/tr9.
 */
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
    const characters = Array.from(
      { length: to - from + 1 },
      (_, offset) => mirrored.get(from + offset) ?? line[from + offset]!,
    );
    return { face, text: drawable(characters.join(""), face) };
  });
}

/**
 * The face of each code unit of the line. Blanks use the first face, because a font of one script may have no blank or
 * a wide one.
 */
function facesOf(line: string, faces: readonly Face[]): Face[] {
  let before = faces[0]!;
  return [...line].flatMap((character) => {
    // Marks and joiners use the face of the letter before them, and are shaped with it.
    const stays =
      /^\p{Default_Ignorable_Code_Point}$/u.test(character) || (/^\p{M}$/u.test(character) && before.has(character));
    if (!stays) before = faceFor(character, faces) ?? before;
    return Array<Face>(character.length).fill(before);
  });
}

/** Keeps joiners that the font knows, which shape its letters. Removes others, which it would show as boxes. */
function drawable(text: string, face: Face): string {
  return [...text]
    .filter((character) => !/^\p{Default_Ignorable_Code_Point}$/u.test(character) || face.has(character))
    .join("");
}
