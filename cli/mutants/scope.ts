import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../base/errors";

/** What decides. The rest draws, prints, or passes on: a fault there is seen by whoever looks. */
export const DECIDES = [
  "base",
  "components",
  "config.ts",
  "cli/check",
  "cli/class",
  "cli/drift",
  "cli/preflight",
  "cli/stack",
  "cli/targets",
  "cli/topology",
  "embedded/node",
  "embedded/provider",
] as const;

/** Below those: pictures, print and styles. */
const DRAWS = [
  "cli/class/board/html.ts",
  ...["html", "pdf", "pen"].map((name) => `cli/class/cards/${name}.ts`),
  ...["layout", "legend", "palette", "panel", "pen", "png", "svg"].map((name) => `cli/topology/${name}.ts`),
];

export interface Scope {
  /** Which files Stryker changes. */
  readonly patterns: readonly string[];
  /** Those files, from the checkout's root. */
  readonly files: readonly string[];
  /** Whether a file of a report was asked for: an incremental one has those of earlier runs too. */
  readonly has: (file: string) => boolean;
}

/** The files and folders that were named, else all that decides. @throws UserError that names every path which has nothing to change */
export function scopeOf(root: string, paths: readonly string[]): Scope {
  const problems = paths.flatMap((typed) =>
    problemOf(root, typed).map((problem) => `- ${JSON.stringify(typed)} ${problem}`),
  );
  if (problems.length > 0)
    throw new UserError(
      [
        "These cannot be mutated:",
        ...problems,
        "Name TypeScript files of the product, or folders with such files: cli/class/roster, cli/stack/heal.ts",
      ].join("\n"),
    );
  const entries = paths.length > 0 ? paths.map((typed) => within(root, typed)) : DECIDES;
  const passedOver = paths.length > 0 ? [] : DRAWS;
  return {
    patterns: [
      ...entries.map((entry) => patternOf(root, entry)),
      "!**/*.d.ts",
      ...passedOver.map((file) => `!${file}`),
    ],
    files: [...new Set(entries.flatMap((entry) => sourcesIn(root, entry)))]
      .filter((file) => !passedOver.includes(file))
      .sort(),
    has: (file) => entries.some((entry) => file === entry || file.startsWith(`${entry}/`)),
  };
}

function patternOf(root: string, entry: string): string {
  return fs.statSync(path.join(root, entry)).isDirectory() ? `${entry}/**/*.ts` : entry;
}

/** The path from the checkout's root, with slashes. */
function within(root: string, typed: string): string {
  return path.relative(root, path.resolve(root, typed)).split(path.sep).join("/");
}

function problemOf(root: string, typed: string): string[] {
  const entry = within(root, typed);
  if (entry === "" || entry.startsWith(".."))
    return [entry === "" ? "is the whole checkout" : "is outside of the checkout"];
  // Stryker reads these as a pattern, and what follows a comma as another one.
  if (/[*?!{}[\]()|,:]/.test(entry)) return ["has a character that is special in a pattern"];
  // Said first: whether a checkout has them, .git above all, changes nothing in that.
  if (/^(test|bench|node_modules|\.\w+)(\/|$)/.test(entry)) return ["is no part of the product"];
  const about = fs.statSync(path.join(root, entry), { throwIfNoEntry: false });
  if (about === undefined) return ["is not there"];
  if (about.isDirectory()) return sourcesIn(root, entry).length > 0 ? [] : ["has no TypeScript file"];
  return isSource(entry) ? [] : ["is no TypeScript file"];
}

/** The file itself, or the TypeScript files of the folder. */
function sourcesIn(root: string, entry: string): string[] {
  if (!fs.statSync(path.join(root, entry)).isDirectory()) return [entry];
  return fs
    .readdirSync(path.join(root, entry), { recursive: true, encoding: "utf8" })
    .filter(isSource)
    .map((name) => path.posix.join(entry, name));
}

function isSource(name: string): boolean {
  return name.endsWith(".ts") && !name.endsWith(".d.ts");
}
