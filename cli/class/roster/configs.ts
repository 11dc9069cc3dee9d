import * as fs from "node:fs";
import { judgeConfig, type Settings } from "../../../config";
import { UserError } from "../../../base/errors";
import { configFile, fileProblems, newStackFile } from "../../stack/stack";
import { rawConfig, type RawConfig } from "../../stack/config-file";
import type { Overlay, Roster, RosterSeat } from "../model";
import { isStackName } from "./names";
import { overlap } from "./paths";
import type { Problems } from "./problems";
import { seatFileText } from "./seat-file";

/** How many seats a message names. */
const NAMED = 4;

/** A seat's config as the program gets it, and the paths of the secrets that are not in it because they are locked. Of a valid roster, so it is valid. */
export function seatFileSettings(roster: Roster, seat: RosterSeat, overlay: Overlay = {}): { settings: Settings; locked: readonly string[] } {
  const raw = rawConfig(seatFileText(roster, seat, overlay));
  return { settings: judgeSeat(raw).settings, locked: raw.locked };
}

/** Refuses an overlay that would make a seat's config invalid. @throws UserError with all problems, the same of several seats once */
export function requireValid(roster: Roster, overlay: Overlay): void {
  const found = roster.seats.map((seat) => ({ seat, ...judgeSeat(rawConfig(seatFileText(roster, seat, overlay))) }));
  const lines = byProblem(found.map(({ seat, problems }) => ({ at: seat.seat, texts: problems.map(({ path, text }) => `istio-lab:${path}: ${text}`) })), roster);
  if (lines.length > 0) throw new UserError(lines.map(({ at, text }) => `${at}: ${text}`).join("\n"));
}

/** Tells what is wrong with the whole config of each seat, but of what `secrets` has nothing, since it would be shown. Returns the settings, of which what was told of reads as not given. */
export function checkConfigs(roster: Roster, secrets: readonly string[], problems: Problems): { seat: RosterSeat; settings: Settings }[] {
  const judged = roster.seats.filter(isStackName).map((seat) => ({ seat, ...judgeSeat(rawConfig(seatFileText(roster, seat)), secrets) }));
  const told = judged.map(({ seat, problems }) => ({ at: `${seat.at}, ${seat.seat}`, texts: problems.map(({ path, text }) => `istio-lab:${path}: ${text}${source(roster, seat, path)}`) }));
  for (const { at, text } of byProblem(told, roster)) problems.tell(at, text);
  // What Pulumi would read in another way than this program does.
  for (const stack of new Set(judged.map(({ seat }) => (fs.existsSync(configFile(seat.seat)) ? seat.seat : roster.from)))) for (const problem of fileProblems(stack)) problems.tell("", problem);
  return judged;
}

/** Tells it where a seat is new and the file it would begin with is no file to begin with. */
export function checkFrom({ from, seats }: Roster, problems: Problems): boolean {
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

/** What is at a locked secret cannot be judged without its key: the program does, when it is run. */
function judgeSeat({ config, locked }: RawConfig, secrets: readonly string[] = []): ReturnType<typeof judgeConfig> {
  const { settings, problems } = judgeConfig(config);
  return { settings, problems: problems.filter(({ path }) => ![...locked, ...secrets].some((secret) => overlap(secret, path))) };
}

/** Which file says it, where the roster does not. */
function source({ config, from }: Roster, seat: RosterSeat, path: string): string {
  if (Object.keys({ ...config, ...seat.config }).some((own) => overlap(own, path.replace(/\[.*/, "")))) return "";
  return ` (in Pulumi.${fs.existsSync(configFile(seat.seat)) ? seat.seat : from}.yaml)`;
}

/** The same problem of several seats in one line. */
function byProblem(seats: readonly { at: string; texts: readonly string[] }[], { seats: all }: Roster): { at: string; text: string }[] {
  const places = new Map<string, string[]>();
  for (const { at, texts } of seats) for (const text of texts) places.set(text, [...(places.get(text) ?? []), at]);
  return [...places].map(([text, at]) => ({ at: at.length > 1 && at.length === all.length ? `all ${at.length} seats` : several(at), text }));
}

function several(places: readonly string[]): string {
  return places.length <= NAMED ? places.join("; ") : `${places.slice(0, NAMED).join("; ")} and ${places.length - NAMED} more`;
}
