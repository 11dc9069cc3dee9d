import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../base/errors";

/** Code that makes decisions. The rest draws, prints or passes on; anyone who looks sees a fault there. */
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

/** Files in these folders that only draw or print. */
const DRAWS = [
  "cli/class/board/html.ts",
  ...["html", "pdf", "pen"].map((name) => `cli/class/cards/${name}.ts`),
  ...["layout", "legend", "palette", "panel", "pen", "png", "svg"].map((name) => `cli/topology/${name}.ts`),
];

export interface Scope {
  /** Patterns of the files that Stryker mutates. */
  readonly patterns: readonly string[];
  /** These files, relative to the checkout's root. */
  readonly files: readonly string[];
  /** Whether a file of a report is in this scope. An incremental report also has files of earlier runs. */
  readonly has: (file: string) => boolean;
}

/**
 * The named files and folders, else all of DECIDES.
 * @throws UserError that names every path without anything to mutate
 */
export function scopeOf(root: string, paths: readonly string[]): Scope {
  const problems = paths.flatMap((typed) =>
    problemOf(root, typed).map((problem) => `- ${JSON.stringify(typed)} ${problem}`),
  );
  if (problems.length > 0)
    throw new UserError(
      [
        "These cannot be mutated:",
        ...problems,
        "Give TypeScript files of the product, or folders that have some: cli/class/roster, cli/stack/heal.ts",
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

/** The path relative to the checkout's root, with slashes. */
function within(root: string, typed: string): string {
  return path.relative(root, path.resolve(root, typed)).split(path.sep).join("/");
}

function problemOf(root: string, typed: string): string[] {
  const entry = within(root, typed);
  if (entry === "" || entry.startsWith(".."))
    return [entry === "" ? "is the whole checkout" : "is outside the checkout"];
  // Stryker reads these characters as a pattern, and a comma as a separator.
  if (/[*?!{}[\]()|,:]/.test(entry)) return ["has a character that is special in a pattern"];
  // Must come before the check whether the path exists. The answer is then the same in a checkout without it, such as
  // one without .git.
  if (/^(test|bench|node_modules|\.\w+)(\/|$)/.test(entry)) return ["is not part of the product"];
  const about = fs.statSync(path.join(root, entry), { throwIfNoEntry: false });
  if (about === undefined) return ["does not exist"];
  if (about.isDirectory()) return sourcesIn(root, entry).length > 0 ? [] : ["has no TypeScript files"];
  return isSource(entry) ? [] : ["is not a TypeScript file"];
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
