/** The commands of one ```sh block of a page. The block without a language directly below it shows their output. */
export interface Step {
  /** The page's line, for messages. */
  line: number;
  commands: string;
  /** Undefined where the page shows no output. */
  printed?: string;
}

/**
 * Returns the steps of a Markdown page, in order. @throws when a block does not end, or an output block follows no
 * commands
 */
export function stepsOf(page: string): Step[] {
  const lines = page.split("\n");
  const steps: Step[] = [];
  let before: Step | undefined; // set only while nothing but blank lines follow its block
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
 * Whether `seen` matches the output that `printed` shows. In a line, `…` matches anything, even nothing. A line with
 * only `…` matches any number of lines, and `<words>` matches some text. The number of spaces between words, and
 * blank lines at both ends, do not matter.
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
