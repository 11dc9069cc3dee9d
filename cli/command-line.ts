import { quote } from "../embedded/node/scripts";

/** The words of this run after `npm run EVENT --`, as they came to be: `npm run rehearse` itself gives some of them. */
export function typedWords(argv: readonly string[] = process.argv, script = process.env.npm_lifecycle_script): string[] {
  return argv.slice(2 + (script === undefined || process.env.npm_lifecycle_event === undefined ? 1 : wordsOf(script)));
}

/** The command as a user types it; `words` are what follows its name, `further` says that more is to come. */
export function typedCommand(words: readonly string[] = typedWords(), further = false): string {
  const name = process.env.npm_lifecycle_event ?? process.argv[2] ?? "";
  return [name === "test" ? "npm test" : `npm run ${name}`, ...(words.length > 0 || further ? ["--"] : []), ...words.map(quote)].join(" ");
}

/** How many words a script of package.json, `node cli/run.mjs test rehearsal`, gives the command line. */
function wordsOf(script: string): number {
  const words = script.split(/\s+/);
  const at = words.findIndex((word) => word.endsWith("run.mjs"));
  return at < 0 ? 1 : words.length - at - 1;
}
