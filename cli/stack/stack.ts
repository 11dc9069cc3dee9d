import * as fs from "node:fs";
import * as path from "node:path";
import type { Document } from "yaml";
import { isThere } from "../../base/files";
import { readYamlText } from "../../base/yaml";
import {
  DEFAULT_STACK,
  isSeatName,
  localName,
  readLocalName,
  readStackName,
  SEAT_NAMES,
  shownName,
} from "../../base/names";
import { targetNamed } from "../../components/cluster/targets";
import { lockedPathsIn } from "../../components/secret-texts";
import { projectRoot, seatFolder } from "../../base/paths";
import { chosenBackend } from "./backend";
import { UserError } from "../../base/errors";
import { noteBackend, requireSameBackend } from "./same-backend";
import { rawConfig, type RawConfig, writtenIn } from "./config-file";
import { deploymentIn, stacksIn } from "./answers";
import { readText } from "../../base/text-file";
import { pulumiOutput, type Workspace } from "./workspace";

/** A resource of a stack's state, as far as it is read here. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  /** `URN::ID` of its provider. */
  provider?: string;
  /** When the engine last made or changed it, as RFC 3339 writes it. */
  modified?: string;
  /** It is to be deleted, after its replacement was made. */
  delete?: boolean;
  /** It is deleted, before its replacement is made. */
  pendingReplacement?: boolean;
}

/** An operation that a killed run left open, or that a run which lives works on. */
export interface PendingOperation {
  type: "creating" | "updating" | "deleting" | "reading" | "importing";
  resource: StateResource;
}

/** What `pulumi stack export` tells of a stack, as far as it is read here. */
export interface Deployment {
  resources: StateResource[];
  /** How many operations are open. */
  pending: number;
  /** These operations. @default none */
  operations?: PendingOperation[];
}

/** Refuses a name for `--stack` that Pulumi takes for no stack's, or that cannot name the seat, before anything is built for it. */
export function requireStackName(stack: string): void {
  const read = readStackName(stack, chosenBackend());
  const problem = read.problem ?? stackNameProblem(localName(read.name), targetOf(stack));
  if (problem !== undefined) throw new UserError(`--stack ${shownName(stack)}: ${problem}`);
}

/** What is wrong with a stack's name, without an organization, for a seat of this target; undefined when nothing is. */
export function stackNameProblem(stack: string, target: string | undefined): string | undefined {
  const { problem } = readLocalName(stack);
  if (problem !== undefined) return problem;
  return targetNamed(target)?.isNodeHere && !isSeatName(stack)
    ? `the embedded seat has its stack's name. ${SEAT_NAMES}`
    : undefined;
}

/** The folder of a stack's seat, if it has one on this machine; undefined where the stack's name cannot be a seat's. */
export function seatFolderOf(stack: string): string | undefined {
  const name = localName(stack);
  return isSeatName(name) ? seatFolder(name) : undefined;
}

/**
 * Selects the stack and makes it when it is new. A new stack without a config file of its own starts as a copy of the
 * embedded seat's, so that `npm run up -- --stack seat2` is a second seat on this machine.
 */
export async function selectStack(workspace: Workspace, stack: string): Promise<void> {
  requireSameBackend(stack);
  if (!hasConfigFile(stack)) fs.writeFileSync(configFile(stack), stackText(newStackFile(DEFAULT_STACK)));
  await pulumiOutput(workspace, ["stack", "select", "--create", stack, "--non-interactive"]);
  noteBackend(stack);
}

/** The same without selecting it: a question changes nothing of what further commands take. */
export async function makeStack(workspace: Workspace, stack: string): Promise<void> {
  requireSameBackend(stack);
  if (!hasConfigFile(stack)) fs.writeFileSync(configFile(stack), stackText(newStackFile(DEFAULT_STACK)));
  if (!(await listStacks(workspace)).some(({ name }) => readStackName(name, chosenBackend()).name === stack))
    await pulumiOutput(workspace, ["stack", "init", stack, "--no-select", "--non-interactive"]);
  noteBackend(stack);
}

/** `up --backend-moved`: notes the chosen backend, where it has the stack with its resources. @throws UserError where it has not: a second stack would begin */
export async function acceptMovedStack(workspace: Workspace, stack: string): Promise<void> {
  const { url } = chosenBackend();
  const has = (await listStacks(workspace)).some(
    ({ name, resourceCount = 0 }) => readStackName(name, chosenBackend()).name === stack && resourceCount > 0,
  );
  if (!has)
    throw new UserError(
      `--backend-moved: ${url} has no stack ${stack} with resources. Nothing has been changed. Move it there first: export it from the old backend, and import it into this one.`,
    );
  noteBackend(stack);
}

/**
 * The config file a new stack begins with: another stack's, without what belongs to that one alone, its lock and its place on this machine.
 * @throws UserError where there are secrets in it, which nobody could read under another lock
 */
export function newStackFile(from: string): Document {
  const text = stackFileText(from);
  const { locked } = rawConfig(text, fileName(from));
  if (locked.length > 0) {
    throw new UserError(
      `Pulumi.${from}.yaml has secrets that only stack ${from} can read (${locked.map((path) => `istio-lab:${path}`).join(", ")}): a new stack cannot begin as a copy of it. ` +
        `Begin with another stack, or make it with its secrets locked anew: npm run -s pulumi -- stack init NAME --copy-config-from ${from}`,
    );
  }
  const { document } = readYamlText(text);
  for (const key of ["encryptionsalt", "encryptedkey"]) document.delete(key);
  if (document.hasIn(["config", "istio-lab:embedded"]))
    document.deleteIn(["config", "istio-lab:embedded", "addressRange"]);
  return document;
}

/** A stack's file as text: its long lines stay whole. */
export function stackText(document: Document): string {
  return document.toString({ lineWidth: 0 });
}

/** The stacks there are. `filter` are options of `pulumi stack ls`, such as `--tag`. */
export async function listStacks(
  workspace: Workspace,
  ...filter: string[]
): Promise<{ name: string; current: boolean; resourceCount?: number }[]> {
  return stacksIn(await pulumiOutput(workspace, ["stack", "ls", "--json", ...filter]));
}

/** The target a stack's config file names, undefined where it names none; a stack without a file starts as the embedded seat. */
export function targetOf(stack: string): string | undefined {
  if (!hasConfigFile(stack)) return "embedded";
  const target = writtenConfig(stack)["istio-lab:target"];
  return target === undefined ? undefined : String(target);
}

/** The config of a stack's file as the program gets it, without what is locked. Empty where there is no file. @throws UserError with all that is wrong with the file */
export function fileConfig(stack: string): RawConfig["config"] {
  const problems = fileProblems(stack);
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return hasConfigFile(stack) ? rawConfig(stackFileText(stack), fileName(stack)).config : {};
}

/** What is wrong with a stack's file as YAML, a line each; also what Pulumi could read, but might read differently. */
export function fileProblems(stack: string): string[] {
  return hasConfigFile(stack)
    ? readYamlText(stackFileText(stack)).problems.map(({ line, text }) => `${fileName(stack)}: line ${line}: ${text}`)
    : [];
}

/** @throws UserError where the file cannot be read */
export function stackFileText(stack: string): string {
  return readText(configFile(stack), (problem) => {
    throw new UserError(`${fileName(stack)}: ${problem}.`);
  })!;
}

function fileName(stack: string): string {
  return path.basename(configFile(stack));
}

/** Paths of the secrets in a stack's file. */
export function lockedPaths(stack: string): readonly string[] {
  return hasConfigFile(stack) ? lockedPathsIn(stackFileText(stack), "istio-lab") : [];
}

/** The config of a stack's file as it is written: without defaults, and with its secrets locked. Empty where there is no file. */
export function writtenConfig(stack: string): Record<string, unknown> {
  return hasConfigFile(stack) ? writtenIn(stackFileText(stack), fileName(stack)) : {};
}

/** The stack's resources and the operations a killed run left open. With secrets each of them is `{plaintext}`: for memory alone. */
export async function exportStack(workspace: Workspace, stack: string, secrets?: "with secrets"): Promise<Deployment> {
  const text = await pulumiOutput(workspace, [
    "stack",
    "export",
    "--stack",
    stack,
    ...(secrets ? ["--show-secrets"] : []),
  ]);
  const { resources, operations } = deploymentIn<StateResource, PendingOperation>(text);
  return { resources, pending: operations.length, operations };
}

export function hasConfigFile(stack: string): boolean {
  return isThere(configFile(stack));
}

/** `Pulumi.<stack>.yaml`, absolute. */
export function configFile(stack: string): string {
  return path.join(projectRoot, `Pulumi.${localName(stack)}.yaml`);
}
