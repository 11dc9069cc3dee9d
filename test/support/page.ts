/** Commands of a page in one ```sh block, and what the block without a language right below it says they print. */
export interface Step {
  /** Line of the page, for messages. */
  line: number;
  commands: string;
  /** undefined: the page does not show what is printed. */
  printed?: string;
}

/** The steps of a Markdown page, in order. @throws when a block does not end, or shows the output of nothing. */
export function stepsOf(page: string): Step[] {
  const lines = page.split("\n");
  const steps: Step[] = [];
  let before: Step | undefined; // set only while nothing but blank lines stands after its block
  for (let at = 0; at < lines.length; at++) {
    const fence = /^```(\S*)$/.exec(lines[at]!);
    if (!fence) {
      if (lines[at]!.trim() !== "") before = undefined;
      continue;
    }
    const end = lines.indexOf("```", at + 1);
    if (end < 0) throw new Error(`line ${at + 1}: the block does not end`);
    const text = lines.slice(at + 1, end).join("\n");
    if (fence[1] === "sh") steps.push((before = { line: at + 1, commands: text }));
    else if (fence[1] !== "") before = undefined;
    else if (before) before = void (before.printed = text);
    else throw new Error(`line ${at + 1}: a block of output must stand right below the commands that print it`);
    at = end;
  }
  return steps;
}

/**
 * Whether `seen` is what `printed` shows. `…` in a line stands for anything, also nothing; a line of `…` alone for any lines;
 * `<words>` for something. How many spaces part two words, and blank lines at either end, do not matter.
 */
export function shows(printed: string, seen: string): boolean {
  return new RegExp(`^${tidy(printed).map(pattern).join("")}$`).test(
    tidy(seen)
      .map((line) => `${line}\n`)
      .join(""),
  );
}

function tidy(text: string): string[] {
  const lines = text.split("\n").map((line) => line.replace(/\s+/g, " ").trim());
  return lines.slice(lines.findIndex(Boolean), lines.findLastIndex(Boolean) + 1);
}

function pattern(line: string): string {
  if (line === "…") return "(?:.*\\n)*?";
  const parts = line.split(/(…|<\w[^<>]*>)/);
  return `${parts.map((part, index) => (index % 2 === 0 ? escape(part) : part === "…" ? ".*" : ".+")).join("")}\\n`;
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
