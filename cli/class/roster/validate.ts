import * as fs from "node:fs";
import { UserError } from "../../../base/errors";
import { shownName } from "../../../base/names";
import { validateConfig, type Settings, type Target } from "../../../config";
import { rawConfig, type RawConfig } from "../../stack/config-file";
import { secretsIn } from "../../stack/secret-values";
import { configFile, fileProblems, newStackFile, stackNameProblem } from "../../stack/stack";
import { commandsFor, type TargetCommands } from "../../targets";
import type { Overlay, Roster, RosterSeat } from "../model";
import { overlap } from "./paths";
import { Problems } from "./draft";
import { seatFileText } from "./seat-file";

/** Validates the class as a whole, and every seat's merged config. */
export function validate(roster: Roster, problems: Problems, configs: "valid" | "any" = "valid"): void {
  if (roster.seats.length === 0)
    problems.tell("", "has no seats; a seat is a line of the CSV, or an entry of `seats` in YAML");
  const secrets = [
    ...refuseSecrets(roster.config, "", problems),
    ...roster.seats.flatMap(({ config, at }) => refuseSecrets(config, at, problems)),
  ];
  if (!checkFrom(roster, problems)) return;
  const validated = checkConfigs(roster, secrets, configs === "valid" ? problems : new Problems());
  checkNames(roster, (seat) => validated.find((one) => one.seat === seat)?.settings.target, problems);
  if (configs === "valid") checkUnique(validated, problems);
}

/** The most seats that one message names. */
const NAMED = 4;

/**
 * Returns a seat's config as the program gets it, and the paths of the locked secrets that it lacks. The roster must be
 * valid.
 */
export function seatFileSettings(
  roster: Roster,
  seat: RosterSeat,
  overlay: Overlay = {},
): { settings: Settings; locked: readonly string[] } {
  const raw = rawConfig(seatFileText(roster, seat, overlay));
  return { settings: validateSeat(raw).settings, locked: raw.locked };
}

/**
 * Refuses an overlay that would make a seat's config invalid.
 * @throws UserError with all problems; several seats with the same problem share a line
 */
export function requireValid(roster: Roster, overlay: Overlay): void {
  const found = roster.seats.map((seat) => ({ seat, ...validateSeat(rawConfig(seatFileText(roster, seat, overlay))) }));
  const lines = byProblem(
    found.map(({ seat, problems }) => ({
      at: seat.seat,
      texts: problems.map(({ path, text }) => `istio-lab:${path}: ${text}`),
    })),
    roster,
  );
  if (lines.length > 0) throw new UserError(lines.map(({ at, text }) => `${at}: ${text}`).join("\n"));
}

/**
 * Validates every seat's merged config and reports each problem. Values listed in `secrets` are skipped so that they
 * never appear in a message. Invalid keys are left out of the returned settings.
 */
function checkConfigs(
  roster: Roster,
  secrets: readonly string[],
  problems: Problems,
): { seat: RosterSeat; settings: Settings }[] {
  const validated = roster.seats
    .filter(isStackName)
    .map((seat) => ({ seat, ...validateSeat(rawConfig(seatFileText(roster, seat)), secrets) }));
  const told = validated.map(({ seat, problems }) => ({
    at: `${seat.at}, ${seat.seat}`,
    texts: problems.map(({ path, text }) => `istio-lab:${path}: ${text}${source(roster, seat, path)}`),
  }));
  for (const { at, text } of byProblem(told, roster)) problems.tell(at, text);
  // Pulumi would read these lines in another way than this program does.
  for (const stack of new Set(
    validated.map(({ seat }) => (fs.existsSync(configFile(seat.seat)) ? seat.seat : roster.from)),
  ))
    for (const problem of fileProblems(stack)) problems.tell("", problem);
  return validated;
}

/** Reports a `from` file that a new seat cannot start from. Returns false then. */
function checkFrom({ from, seats }: Roster, problems: Problems): boolean {
  if (!seats.some((seat) => isStackName(seat) && !fs.existsSync(configFile(seat.seat)))) return true;
  try {
    newStackFile(from);
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.tell("", `from ${from}: ${error.message}`);
    return false;
  }
}

/** Skips locked secrets: only the program has their key, and it validates them when it runs. */
function validateSeat(
  { config, locked }: RawConfig,
  secrets: readonly string[] = [],
): ReturnType<typeof validateConfig> {
  const { settings, problems } = validateConfig(config);
  return {
    settings,
    problems: problems.filter(({ path }) => ![...locked, ...secrets].some((secret) => overlap(secret, path))),
  };
}

/** Names the file that sets the path, where the roster does not. */
function source({ config, from }: Roster, seat: RosterSeat, path: string): string {
  if (Object.keys({ ...config, ...seat.config }).some((own) => overlap(own, path.replace(/\[.*/, "")))) return "";
  return ` (in Pulumi.${fs.existsSync(configFile(seat.seat)) ? seat.seat : from}.yaml)`;
}

/** Puts the same problem of several seats on one line. */
function byProblem(
  seats: readonly { at: string; texts: readonly string[] }[],
  { seats: all }: Roster,
): { at: string; text: string }[] {
  const places = new Map<string, string[]>();
  for (const { at, texts } of seats) for (const text of texts) places.set(text, [...(places.get(text) ?? []), at]);
  return [...places].map(([text, at]) => ({
    at: at.length > 1 && at.length === all.length ? `all ${at.length} seats` : several(at),
    text,
  }));
}

function several(places: readonly string[]): string {
  return places.length <= NAMED
    ? places.join("; ")
    : `${places.slice(0, NAMED).join("; ")} and ${places.length - NAMED} more`;
}

/** Whether the name is valid for a stack. Only then is the seat's file read. */
function isStackName({ seat }: RosterSeat): boolean {
  return stackNameProblem(seat, undefined) === undefined;
}

/**
 * Validates each seat's name by its target's rules, and refuses duplicates. Names that differ only in case would be one
 * file on some disks, and one profile or host name.
 */
function checkNames(roster: Roster, targetOf: (seat: RosterSeat) => Target | undefined, problems: Problems): void {
  const before = new Map<string, RosterSeat>();
  for (const seat of roster.seats.filter(({ seat }) => seat !== "")) {
    const problem = stackNameProblem(seat.seat, targetOf(seat));
    if (problem !== undefined) problems.tell(seat.at, `seat ${shownName(seat.seat)}: ${problem}`);
    if (seat.seat === roster.from)
      problems.tell(
        seat.at,
        `seat ${seat.seat}: new seats start from the stack of that name; give the seat another name, such as ${seat.seat}-01`,
      );
    const same = before.get(seat.seat.toLowerCase());
    if (same === undefined) before.set(seat.seat.toLowerCase(), seat);
    else
      problems.tell(
        seat.at,
        `seat ${seat.seat}: ${same.at} has it already${same.seat === seat.seat ? "" : `, as ${same.seat}`}; seats need different names`,
      );
  }
}

/** Reports every seat whose unique setting equals another seat's. */
export function checkUnique(seats: readonly { seat: RosterSeat; settings: Settings }[], problems: Problems): void {
  const before = new Map<string, RosterSeat>();
  for (const { seat, settings } of seats) {
    // Invalid settings may have no target; another check reports that.
    const unique = (commandsFor(settings.target) as TargetCommands | undefined)?.unique;
    const value = unique?.of(settings);
    if (unique === undefined || value === undefined) continue;
    const { key } = unique;
    const same = before.get(`${key} ${value}`);
    if (same === undefined) before.set(`${key} ${value}`, seat);
    else
      problems.tell(
        `${seat.at}, ${seat.seat}`,
        `istio-lab:${key}: ${value} is that of ${same.seat} (${same.at}) as well; give each seat its own, or leave it out`,
      );
  }
}

/**
 * Refuses secrets in the roster's config, since people mail rosters around. It finds private keys, a kubeconfig's text,
 * and values locked for another stack. Messages never show the value. Returns the paths.
 */
function refuseSecrets(config: Readonly<Record<string, unknown>>, at: string, problems: Problems): string[] {
  const secrets = Object.entries(config).flatMap(([path, value]) => secretsIn(path, value));
  for (const path of secrets) problems.tell(at, secretRefusal(path, "a roster must not hold one"));
  return secrets;
}

/** The message about a secret in plain text. @param why why the place cannot hold secrets */
export function secretRefusal(path: string, why: string): string {
  const right = path === "existing" ? "existing.kubeconfig" : path;
  return (
    `istio-lab:${path}: is a secret, and ${why}. After \`class up\` has made the seat's own stack, set it there: ` +
    `npm run -s pulumi -- config set --secret --path istio-lab:${right} --stack SEAT < FILE`
  );
}
