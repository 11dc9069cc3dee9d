import { withoutValues } from "../../terminal/command-line";

/** The command that was typed, with the class' id added: what a refusal prints, ready to type. */
export function commandWithId(id: string, argv: readonly string[] = process.argv): string {
  return `${commandWithoutId(argv)} --class-id ${id}`;
}

/** The command that was typed, without an id. */
export function commandWithoutId(argv: readonly string[] = process.argv): string {
  const words = argv.slice(argv.indexOf("class") + 1);
  const at = words.indexOf("--class-id");
  const others = words.filter((word, index) => !word.startsWith("--class-id=") && (at < 0 || (index !== at && index !== at + 1)));
  return ["npm run class --", ...withoutValues(others).map(quoted)].join(" ");
}

/** A word as a POSIX shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
