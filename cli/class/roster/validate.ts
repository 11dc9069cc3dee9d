import * as fs from "node:fs";
import { UserError } from "../../../base/errors";
import { shownName } from "../../../base/names";
import { judgeConfig, type Settings, type Target } from "../../../config";
import { rawConfig, type RawConfig } from "../../stack/config-file";
import { secretsIn } from "../../stack/secret-values";
import { configFile, fileProblems, newStackFile, stackNameProblem } from "../../stack/stack";
import { commandsFor, type TargetCommands } from "../../targets";
import type { Overlay, Roster, RosterSeat } from "../model";
import { overlap } from "./paths";
import { Problems } from "./problems";
import { seatFileText } from "./seat-file";

/** What can be told only of the class as a whole, and of each seat's whole config. */
export function validate(roster: Roster, problems: Problems, configs: "valid" | "any" = "valid"): void {
  if (roster.seats.length === 0) problems.tell("", "has no seats; each is a line of the CSV, or an entry of `seats` in YAML");
  const secrets = [...refuseSecrets(roster.config, "", problems), ...roster.seats.flatMap(({ config, at }) => refuseSecrets(config, at, problems))];
  if (!checkFrom(roster, problems)) return;
  const judged = checkConfigs(roster, secrets, configs === "valid" ? problems : new Problems());
  checkNames(roster, (seat) => judged.find((one) => one.seat === seat)?.settings.target, problems);
  if (configs === "valid") checkUnique(judged, problems);
}

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
function checkConfigs(roster: Roster, secrets: readonly string[], problems: Problems): { seat: RosterSeat; settings: Settings }[] {
  const judged = roster.seats.filter(isStackName).map((seat) => ({ seat, ...judgeSeat(rawConfig(seatFileText(roster, seat)), secrets) }));
  const told = judged.map(({ seat, problems }) => ({ at: `${seat.at}, ${seat.seat}`, texts: problems.map(({ path, text }) => `istio-lab:${path}: ${text}${source(roster, seat, path)}`) }));
  for (const { at, text } of byProblem(told, roster)) problems.tell(at, text);
  // What Pulumi would read in another way than this program does.
  for (const stack of new Set(judged.map(({ seat }) => (fs.existsSync(configFile(seat.seat)) ? seat.seat : roster.from)))) for (const problem of fileProblems(stack)) problems.tell("", problem);
  return judged;
}

/** Tells it where a seat is new and the file it would begin with is no file to begin with. */
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

/** Whether a seat's name could be a stack's at all: only then is its file looked at. */
function isStackName({ seat }: RosterSeat): boolean {
  return stackNameProblem(seat, undefined) === undefined;
}

/** A seat's name by its target's rules, and each name once: names that differ in case alone would be one file on some disks, and one profile or host name. */
function checkNames(roster: Roster, targetOf: (seat: RosterSeat) => Target | undefined, problems: Problems): void {
  const before = new Map<string, RosterSeat>();
  for (const seat of roster.seats.filter(({ seat }) => seat !== "")) {
    const problem = stackNameProblem(seat.seat, targetOf(seat));
    if (problem !== undefined) problems.tell(seat.at, `seat ${shownName(seat.seat)}: ${problem}`);
    if (seat.seat === roster.from) problems.tell(seat.at, `seat ${seat.seat}: that is the stack new seats begin with; name the seat otherwise, such as ${seat.seat}-01`);
    const same = before.get(seat.seat.toLowerCase());
    if (same === undefined) before.set(seat.seat.toLowerCase(), seat);
    else problems.tell(seat.at, `seat ${seat.seat}: ${same.at} has it already${same.seat === seat.seat ? "" : `, as ${same.seat}`}; each seat has a name of its own`);
  }
}

/** Tells of every seat that would have what another one has. */
export function checkUnique(seats: readonly { seat: RosterSeat; settings: Settings }[], problems: Problems): void {
  const before = new Map<string, RosterSeat>();
  for (const { seat, settings } of seats) {
    // Settings with problems may have no target; that is told elsewhere.
    const unique = (commandsFor(settings.target) as TargetCommands | undefined)?.unique;
    const value = unique?.of(settings);
    if (unique === undefined || value === undefined) continue;
    const { key } = unique;
    const same = before.get(`${key} ${value}`);
    if (same === undefined) before.set(`${key} ${value}`, seat);
    else problems.tell(`${seat.at}, ${seat.seat}`, `istio-lab:${key}: ${value} is that of ${same.seat} (${same.at}) as well; give each seat its own, or leave it out`);
  }
}

/**
 * Refuses secrets in config of the roster, which is a file that people mail around: a private key wherever it is, the text of a kubeconfig, and what is locked
 * for another stack. No message shows the value. Returns the paths.
 */
function refuseSecrets(config: Readonly<Record<string, unknown>>, at: string, problems: Problems): string[] {
  const secrets = Object.entries(config).flatMap(([path, value]) => secretsIn(path, value));
  for (const path of secrets) problems.tell(at, secretRefusal(path, "a roster is no place for one"));
  return secrets;
}

/** What is said of a secret in plain text. @param why what the place is not for */
export function secretRefusal(path: string, why: string): string {
  const right = path === "existing" ? "existing.kubeconfig" : path;
  return (
    `istio-lab:${path}: is a secret, and ${why}. Set it on the seat's own stack, once \`class up\` has made that: ` +
    `npm run -s pulumi -- config set --secret --path istio-lab:${right} --stack SEAT < FILE`
  );
}
