import { quote } from "../../base/quote";

/** The words of this run after `npm run EVENT --`, as they came to be: `npm run rehearse` itself gives some of them. */
export function typedWords(
  argv: readonly string[] = process.argv,
  script = process.env.npm_lifecycle_script,
): string[] {
  return argv.slice(2 + (script === undefined || process.env.npm_lifecycle_event === undefined ? 1 : wordsOf(script)));
}

/** The command as a user types it; `words` are what follows its name, `further` says that more is to come. */
export function typedCommand(words: readonly string[] = typedWords(), further = false): string {
  const name = process.env.npm_lifecycle_event ?? process.argv[2] ?? "";
  return [
    name === "test" ? "npm test" : `npm run ${name}`,
    ...(words.length > 0 || further ? ["--"] : []),
    ...withoutValues(words).map(quote),
  ].join(" ");
}

/** The words as a message may repeat them: VALUE for what `pulumi config set` stores, and for a value of a key that may hold a secret. */
export function withoutValues(words: readonly string[]): string[] {
  const set = words.findIndex((word, index) => word === "set" && words[index - 1] === "config");
  let isKeyKnown = false;
  return words.map((word, index) => {
    if (set >= 0 && index > set && !word.startsWith("-")) {
      // Of `config set --stack NAME KEY VALUE` the name is a flag's.
      if (["--stack", "-s", "--type", "--cwd", "-C"].includes(words[index - 1]!)) return word;
      if (isKeyKnown) return "VALUE";
      isKeyKnown = true;
      return word;
    }
    if (words.includes("set-all")) return word.replace(/^([\w:.-]+)=.*$/s, "$1=VALUE");
    return word.replace(/^((?:--set=)?(?:istio-lab:)?(?:existing|blog)\b[^=]*)=.*$/s, "$1=VALUE");
  });
}

/** How many words a script of package.json, `node cli/run.mjs test rehearsal`, gives the command line. */
function wordsOf(script: string): number {
  const words = script.split(/\s+/);
  const at = words.findIndex((word) => word.endsWith("run.mjs"));
  return at < 0 ? 1 : words.length - at - 1;
}
