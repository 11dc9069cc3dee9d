import { UserError } from "../../../base/errors";
import { secretsIn } from "../../stack/secret-values";
import type { Overlay, Roster } from "../model";
import { cellValue } from "./draft";
import { requireValid, secretRefusal } from "./validate";
import { byPath, overlap, shownPath } from "./paths";

/**
 * Reads `--set path=value …`, which applies to all seats of the class.
 * @throws UserError where an entry is not config, makes a seat's config invalid, or sets a path that the roster sets
 */
export function readOverlay(set: readonly string[] | undefined, roster: Roster): Overlay {
  const problems: string[] = [];
  const given = (set ?? []).flatMap((text) => {
    const [, path, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (path === undefined || value === undefined)
      problems.push(`${shownPath(text)} is not path=value, such as canary.reviews='{v1: 75, v3: 25}'`);
    if (path === undefined) return [];
    const read = cellValue(value!.trim(), (problem) => problems.push(`${shownPath(path.trim())} ${problem}`));
    return read === undefined ? [] : [byPath({ [path.trim()]: read }, (problem) => problems.push(problem))];
  });
  const paths = given.flatMap(Object.keys);
  paths.forEach((path, index) => {
    const other = paths.slice(0, index).find((before) => overlap(before, path));
    if (other !== undefined)
      problems.push(other === path ? `${path} is set twice` : `${other} and ${path} set the same`);
  });
  const secrets = given.flatMap(Object.entries).flatMap(([path, value]) => secretsIn(path, value));
  problems.push(
    ...secrets.map((path) =>
      secretRefusal(path, "others may read a stack's file, so it must not hold a secret in plain text"),
    ),
  );
  if (problems.length > 0) throw new UserError(problems.map((problem) => `--set: ${problem}.`).join("\n"));
  const overlay: Overlay = Object.assign({}, ...given) as Overlay;
  requireNotInRoster(overlay, roster, (path) => `--set ${path}`);
  if (paths.length > 0) requireValid(roster, overlay);
  return overlay;
}

/**
 * Refuses an overlay that sets what the roster sets: the next `up` without it would restore the roster's value.
 * @param what names in the message who wants to set the path
 */
export function requireNotInRoster(overlay: Overlay, roster: Roster, what: (path: string) => string): void {
  const said = [
    { at: "every seat", config: roster.config },
    ...roster.seats.map(({ seat, config }) => ({ at: seat, config })),
  ];
  const conflicts = Object.keys(overlay).flatMap((path) => {
    const by = said.filter(({ config }) => Object.keys(config).some((own) => overlap(own, path))).map(({ at }) => at);
    return by.length === 0
      ? []
      : [
          `${what(path)}: the roster already sets it (for ${by.slice(0, 3).join(", ")}${by.length > 3 ? ` and ${by.length - 3} more` : ""}). Change it in ${roster.file}.`,
        ];
  });
  if (conflicts.length > 0) throw new UserError(conflicts.join("\n"));
}
