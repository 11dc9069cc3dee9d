import { UserError } from "../base/errors";
import { destroy } from "./destroy";
import { embedded } from "./embedded";
import { preview } from "./preview";
import { program } from "./program";
import type { Row, Scene } from "./row";
import { runner } from "./runner";
import { up } from "./up";
import { weight } from "./weight";
import { zero } from "./zero";

/** A row of any scene. `contestants` gets what the same row's `open` returned. */
export type AnyRow = Row<any>;

/** Every row, in the order of the report. */
export const rows: readonly AnyRow[] = [zero, destroy, preview, up, weight, program, runner, embedded];

/** The named rows in the order of the report; all if none is named. @throws UserError for a name that is no row's */
export function chosenRows(names: readonly string[], all: readonly Pick<AnyRow, "name">[] = rows): AnyRow[] {
  const unknown = names.filter((name) => !all.some((row) => row.name === name));
  if (unknown.length > 0)
    throw new UserError(
      `The bench has no row ${unknown.map((name) => JSON.stringify(name)).join(", ")}. Valid: ${all.map(({ name }) => name).join(", ")}.`,
    );
  return all.filter(({ name }) => names.length === 0 || names.includes(name)) as AnyRow[];
}

/** Rows of one scene, in the order in which scenes are made. */
export function byScene(chosen: readonly AnyRow[]): AnyRow[][] {
  return [...new Set(chosen.map(({ open }) => open))].map((open) => chosen.filter((row) => row.open === open));
}

/** One visit of a round: a row measures a contestant. */
export interface Visit<C> {
  readonly row: AnyRow;
  readonly contestant: C;
}

/**
 * The order of a round's visits. Every second round goes through the contestants the other way round, so that none is
 * always the first.
 */
export function visitsOf<C extends { readonly name: string }>(
  visits: readonly Visit<C>[],
  { byContestant }: Pick<Scene, "byContestant">,
  round: number,
): Visit<C>[] {
  const names = [...new Set(visits.map(({ contestant }) => contestant.name))];
  const order = round % 2 === 0 ? names : names.reverse();
  const its = [...new Set(visits.map(({ row }) => row))];
  const visit = (row: AnyRow, name: string) => visits.filter((one) => one.row === row && one.contestant.name === name);
  return byContestant
    ? order.flatMap((name) => its.flatMap((row) => visit(row, name)))
    : its.flatMap((row) => order.flatMap((name) => visit(row, name)));
}
