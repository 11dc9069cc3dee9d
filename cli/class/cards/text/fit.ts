import type { Face } from "./face";
import { runsOf, type Run } from "./runs";

/** A text as it is drawn within a width: one line, or two, in the largest size that fits. */
export interface Fitted {
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
