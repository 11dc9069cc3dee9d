import { quote } from "../../base/quote";

/**
 * The words after `npm run EVENT --`. Words that the npm script itself gives, as `npm run rehearse` does, are not
 * among them.
 */
export function typedWords(
  argv: readonly string[] = process.argv,
  script = process.env.npm_lifecycle_script,
): string[] {
  return argv.slice(2 + (script === undefined || process.env.npm_lifecycle_event === undefined ? 1 : wordsOf(script)));
}

/** The command as a user types it. `words` follow its name; `further` means that more words will be appended. */
export function typedCommand(words: readonly string[] = typedWords(), further = false): string {
  const name = process.env.npm_lifecycle_event ?? process.argv[2] ?? "";
  return [
    name === "test" ? "npm test" : `npm run ${name}`,
    ...(words.length > 0 || further ? ["--"] : []),
    ...withoutValues(words).map(quote),
  ].join(" ");
}

/**
 * The words in a form that a message may repeat. VALUE replaces what `pulumi config set` stores, and the value of a
 * key that may hold a secret.
 */
export function withoutValues(words: readonly string[]): string[] {
  const set = words.findIndex((word, index) => word === "set" && words[index - 1] === "config");
  let isKeyKnown = false;
  return words.map((word, index) => {
    if (set >= 0 && index > set && !word.startsWith("-")) {
      // In `config set --stack NAME KEY VALUE`, NAME belongs to a flag.
      if (["--stack", "-s", "--type", "--cwd", "-C"].includes(words[index - 1]!)) return word;
      if (isKeyKnown) return "VALUE";
      isKeyKnown = true;
      return word;
    }
    if (words.includes("set-all")) return word.replace(/^([\w:.-]+)=.*$/s, "$1=VALUE");
    return word.replace(/^((?:--set=)?(?:istio-lab:)?(?:existing|blog)\b[^=]*)=.*$/s, "$1=VALUE");
  });
}

/** How many words a script of package.json gives to the command line. `node cli/run.mjs test rehearsal` gives two. */
function wordsOf(script: string): number {
  const words = script.split(/\s+/);
  const at = words.findIndex((word) => word.endsWith("run.mjs"));
  return at < 0 ? 1 : words.length - at - 1;
}
