/** The parts of Stryker's JSON report that are read here (mutation-testing-report-schema). */
export interface MutationReport {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

interface Mutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: string;
  readonly location: { readonly start: Place; readonly end: Place };
}

/** The number of a folder's mutants, by result. */
export interface Tally {
  readonly folder: string;
  readonly killed: number;
  readonly survived: number;
  readonly uncovered: number;
  readonly ignored: number;
}

const KILLED = ["Killed", "Timeout"];
/** Mutants that no test noticed: no test ran them, or all tests that did passed. */
const ALIVE = ["Survived", "NoCoverage"];

/**
 * A row per folder, sorted by name. An incremental report also has files of earlier runs; `isInScope` filters them
 * out.
 */
export function tallies({ files }: MutationReport, isInScope: (file: string) => boolean): Tally[] {
  const folders = new Map<string, string[]>();
  for (const [file, { mutants }] of Object.entries(files).filter(([name]) => isInScope(name))) {
    const folder = file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : file;
    folders.set(folder, [...(folders.get(folder) ?? []), ...mutants.map(({ status }) => status)]);
  }
  return [...folders]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([folder, all]) => {
      const count = (...statuses: string[]) => all.filter((status) => statuses.includes(status)).length;
      const [killed, survived, uncovered] = [count(...KILLED), count("Survived"), count("NoCoverage")];
      return { folder, killed, survived, uncovered, ignored: all.length - killed - survived - uncovered };
    });
}

/** Percentage of killed mutants among the killed and alive ones. Undefined where there are none. */
export function scoreOf(rows: readonly Tally[]): number | undefined {
  const killed = rows.reduce((sum, row) => sum + row.killed, 0);
  const alive = rows.reduce((sum, row) => sum + row.survived + row.uncovered, 0);
  return killed + alive === 0 ? undefined : (100 * killed) / (killed + alive);
}

/** The table of the scores, with a last row for the total. */
export function table(rows: readonly Tally[]): string {
  const sum = (pick: (row: Tally) => number) => rows.reduce((total, row) => total + pick(row), 0);
  const all: Tally = {
    folder: "all",
    killed: sum(({ killed }) => killed),
    survived: sum(({ survived }) => survived),
    uncovered: sum(({ uncovered }) => uncovered),
    ignored: sum(({ ignored }) => ignored),
  };
  const cells = [...rows, all].map((row) => [
    row.folder,
    percent(scoreOf([row])),
    ...[row.killed, row.survived, row.uncovered, row.ignored].map(String),
  ]);
  const head = ["folder", "score", "killed", "survived", "no test", "ignored"];
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]!.length)));
  return [head, ...cells]
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function percent(score: number | undefined): string {
  return score === undefined ? "-" : `${score.toFixed(1)} %`;
}

/** A line for each mutant that no test noticed, as `cli/stack/heal.ts:40:5  a === b → a !== b`. */
export function survivors({ files }: MutationReport, isInScope: (file: string) => boolean): string[] {
  return Object.entries(files)
    .filter(([name]) => isInScope(name))
    .flatMap(([name, { source, mutants }]) =>
      mutants
        .filter(({ status }) => ALIVE.includes(status))
        .sort(
          (one, other) =>
            one.location.start.line - other.location.start.line ||
            one.location.start.column - other.location.start.column,
        )
        .map((mutant) => {
          const { start, end } = mutant.location;
          return `${name}:${start.line}:${start.column}  ${shown(textOf(source, start, end))} → ${shown(mutant.replacement ?? mutant.mutatorName)}${mutant.status === "NoCoverage" ? "  (no test runs it)" : ""}`;
        }),
    );
}

/** Lines and columns count from 1. */
function textOf(source: string, start: Place, end: Place): string {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  if (lines.length > 0) lines[lines.length - 1] = lines.at(-1)!.slice(0, end.column - 1);
  return [lines[0]?.slice(start.column - 1) ?? "", ...lines.slice(1)].join("\n");
}

function shown(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 70 ? `${line.slice(0, 69)}…` : line;
}
