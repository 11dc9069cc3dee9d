import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { onStack } from "../../base/advice";
import { UserError } from "../../base/errors";
import { isThere, readIfThere } from "../../base/files";
import { DEFAULT_STACK, isSeatName, localName, PROJECT, readStackName, shownName } from "../../base/names";
import { projectRoot } from "../../base/paths";
import { targetNamed } from "../../components/cluster/targets";
import { typedCommand } from "../terminal/command-line";
import { backendAddress, chosenBackend, ownState } from "./backend";
import { requireSameBackend, stacksElsewhere } from "./same-backend";
import { listStacks, targetOf } from "./stack";
import { isEngineHere, openWorkspace, pulumiHome } from "./workspace";

export interface Taking {
  /**
   * What the command does with the stack: `make` may create it, `use` needs an existing one, `delete` deletes its
   * content.
   */
  readonly to: "make" | "use" | "delete";
  /** Called with a line about the stack that was chosen, if none was named. */
  readonly say: (line: string) => void;
  /** The stack was moved to the chosen backend, so the recorded backend is ignored. */
  readonly isMoved?: boolean;
}

/**
 * The stack that a command works on: the named one, else the selected one, else `embedded`.
 * @throws UserError where another stack may be meant
 */
export async function takenStack(named: string | undefined, taking: Taking): Promise<string> {
  if (named !== undefined) return named;
  const { stack, why } = await unnamed(taking);
  if (!taking.isMoved) requireSameBackend(stack);
  taking.say(firstLine("Stack", stack, why, "--stack"));
  return stack;
}

/**
 * The seat on this machine for a command that needs no Pulumi. It is the selected stack's seat if that stack's target
 * is this machine.
 */
export function takenSeat(named: string | undefined, say: (line: string) => void): string {
  if (named !== undefined) return named;
  const noted = notedSelection(pulumiHome());
  const stack = noted && readStackName(noted.name, chosenBackend()).name;
  const isOfHere = stack !== undefined && isSeatName(localName(stack)) && targetNamed(targetOf(stack))?.isNodeHere;
  const [seat, why] = isOfHere
    ? [localName(stack), `of the stack that is ${HOW[noted!.by]}`]
    : [DEFAULT_STACK, stack === undefined ? NONE : "because the selected stack has no seat on this machine"];
  say(firstLine("Seat", seat, why, "--seat"));
  return seat;
}

interface Unnamed {
  readonly stack: string;
  /** Why it is this one. */
  readonly why: string;
}

const HOW: Readonly<Record<Selection["by"], string>> = { PULUMI_STACK: "named by PULUMI_STACK", selection: "selected" };
const NONE = "because none is selected";

async function unnamed({ to }: Taking): Promise<Unnamed> {
  const noted = notedSelection(pulumiHome());
  const why = noted === undefined ? NONE : `which is ${HOW[noted.by]}`;
  // Without an engine or a state there is nothing to ask. Nothing is made just for the question.
  if (!isEngineHere() || (chosenBackend().by === "checkout" && !isThere(ownState())))
    return { stack: noted === undefined ? DEFAULT_STACK : read(noted.name), why };
  const all = await listStacks(openWorkspace());
  const current = all.find((stack) => stack.current);
  if (current !== undefined)
    return { stack: read(current.name), why: noted === undefined ? `which is ${HOW.selection}` : why };
  if (noted !== undefined) return notThere(noted, to);
  // The stack that is meant may be kept in another backend.
  requireSameBackend(...stacksElsewhere());
  const others = all
    .filter(({ name, resourceCount = 0 }) => !isDefault(name) && resourceCount > 0)
    .map(({ name }) => name);
  const hasDefault = all.some(({ name }) => isDefault(name));
  if (to === "make" || (hasDefault && (to === "use" || others.length === 0))) return { stack: DEFAULT_STACK, why };
  if (others.length === 0)
    throw new UserError(
      `There is no seat yet: no stack is selected, and none is called ${DEFAULT_STACK}. \`${onStack(DEFAULT_STACK, "npm run up")}\` makes one.`,
    );
  const there = [...(hasDefault ? [DEFAULT_STACK] : []), ...others];
  throw new UserError(
    `No stack is selected here, and ${there.length === 1 ? "there is" : "there are"} ${there.join(", ")}. Nothing has been changed. ${nameOne()}`,
  );
}

/** Handles a selected stack that the backend does not have. */
function notThere(noted: Selection, to: Taking["to"]): Unnamed {
  const stack = read(noted.name);
  const why = `which is ${HOW[noted.by]}`;
  if (to === "make" && (isDefault(stack) || noted.by === "PULUMI_STACK")) return { stack, why };
  requireSameBackend(stack);
  const { url, own } = chosenBackend();
  throw new UserError(
    `Stack ${stack}, ${why}, no longer exists: ${own ? ".lab/state" : url} has no stack of that name. Nothing has been changed. ` +
      `\`${onStack(stack, "npm run up")}\` recreates it. ${nameOne()}`,
  );
}

/** The name in its normal form. @throws UserError where it cannot be the name of a stack of this project */
function read(text: string): string {
  const { name, problem } = readStackName(text, chosenBackend());
  if (name === undefined) throw new UserError(`The selected stack ${shownName(text)}: ${problem} ${nameOne()}`);
  return name;
}

function isDefault(name: string): boolean {
  const read = readStackName(name, chosenBackend());
  return read.name !== undefined && localName(read.name) === DEFAULT_STACK;
}

function nameOne(): string {
  return `Name the stack that you mean: ${onStack("NAME", typedCommand())}`;
}

function firstLine(what: string, name: string, why: string, flag: string): string {
  return `${what} ${name}, ${why}. ${flag} NAME takes another.`;
}

/**
 * The stack that Pulumi would use if none is named, according to its local files. Only the backend knows whether that
 * stack exists.
 */
export interface Selection {
  readonly name: string;
  readonly by: "PULUMI_STACK" | "selection";
}

/**
 * Reads the selection like Pulumi (backend/state/stacks.go, workspace/workspace.go): first the variable, then the
 * stack of the chosen backend, then the stack in the older format.
 */
export function notedSelection(home: string): Selection | undefined {
  const { PULUMI_STACK: named } = process.env;
  if (named !== undefined) return named === "" ? undefined : { name: named, by: "PULUMI_STACK" };
  const { stack, stacks = {} } = settingsIn(path.join(home, "workspaces"));
  const { url } = chosenBackend();
  const [, ofBackend] = Object.entries(stacks).find(([key]) => backendAddress(key) === url) ?? [];
  const name = ofBackend ?? stack;
  return name ? { name, by: "selection" } : undefined;
}

/**
 * Pulumi's workspace file of this project. Its name contains a hash of the project's path as the shell has it, which
 * may contain a symbolic link.
 */
function settingsIn(folder: string): { stack?: string; stacks?: Record<string, string> } {
  const places = [process.env.PWD, projectRoot].filter((place) => place !== undefined && isProject(place));
  for (const place of places) {
    const hash = createHash("sha1").update(path.join(place!, "Pulumi.yaml")).digest("hex");
    const text = readIfThere(path.join(folder, `${PROJECT}-${hash}-workspace.json`));
    try {
      if (text !== undefined) return JSON.parse(text) as { stack?: string; stacks?: Record<string, string> };
    } catch {
      return {}; // Pulumi itself reports a broken file
    }
  }
  return {};
}

function isProject(place: string): boolean {
  return fs.existsSync(place) && fs.realpathSync(place) === fs.realpathSync(projectRoot);
}
