import * as fs from "node:fs";
import * as path from "node:path";
import type { Document } from "yaml";
import { isThere } from "../../base/files";
import { isMap } from "../../base/values";
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
import { deploymentIn, saltIn, stacksIn } from "./answers";
import { isPassphraseChosen, requirePassphrase } from "./passphrase";
import { readText } from "../../base/text-file";
import { textProblems } from "./structured";
import { pulumiOutput, type Workspace } from "./workspace";

/** A resource of a stack's state. Only the fields used here are listed. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  /** `URN::ID` of its provider. */
  provider?: string;
  /** When the engine last created or changed it (RFC 3339). */
  modified?: string;
  /** Its replacement was made, and it is still to be deleted. */
  delete?: boolean;
  /** It was deleted, and its replacement is still to be made. */
  pendingReplacement?: boolean;
}

/** Whether a replacement has deleted the resource or is about to. Its URN in the state is then for its successor. */
export function isOutgoing({ delete: doomed, pendingReplacement }: StateResource): boolean {
  return doomed === true || pendingReplacement === true;
}

/** An operation that a killed run left open, or that a live run is working on. */
export interface PendingOperation {
  type: "creating" | "updating" | "deleting" | "reading" | "importing";
  resource: StateResource;
}

/** The parts of `pulumi stack export` that are used here. */
export interface Deployment {
  resources: StateResource[];
  /** The number of open operations. */
  pending: number;
  /** The open operations. @default none */
  operations?: PendingOperation[];
}

/**
 * Refuses an invalid `--stack` before anything is built for it: one that Pulumi would not take as a stack's name, or
 * that cannot name the seat.
 */
export function requireStackName(stack: string): void {
  const read = readStackName(stack, chosenBackend());
  const problem = read.problem ?? stackNameProblem(localName(read.name), targetOf(stack));
  if (problem !== undefined) throw new UserError(`--stack ${shownName(stack)}: ${problem}`);
}

/** Why a stack's name, without organization, does not fit a seat on this target. Undefined where it fits. */
export function stackNameProblem(stack: string, target: string | undefined): string | undefined {
  const { problem } = readLocalName(stack);
  if (problem !== undefined) return problem;
  return targetNamed(target)?.isNodeHere && !isSeatName(stack)
    ? `the embedded seat has its stack's name. ${SEAT_NAMES}`
    : undefined;
}

/** The folder of a stack's seat on this machine. Undefined where the stack's name cannot be a seat's name. */
export function seatFolderOf(stack: string): string | undefined {
  const name = localName(stack);
  return isSeatName(name) ? seatFolder(name) : undefined;
}

/**
 * Selects the stack and makes it if it is new. A new stack without a config file gets a copy of the embedded seat's
 * file. So `npm run up -- --stack seat2` makes a second seat on this machine.
 */
export async function selectStack(workspace: Workspace, stack: string): Promise<void> {
  requireSameBackend(stack);
  if (!hasConfigFile(stack)) fs.writeFileSync(configFile(stack), stackText(newStackFile(DEFAULT_STACK)));
  await pulumiOutput(workspace, ["stack", "select", "--create", stack, "--non-interactive"]);
  noteBackend(stack);
}

/** Like `selectStack`, but leaves the selection alone: a question must not change the stack of later commands. */
export async function makeStack(workspace: Workspace, stack: string): Promise<void> {
  requireSameBackend(stack);
  if (!hasConfigFile(stack)) fs.writeFileSync(configFile(stack), stackText(newStackFile(DEFAULT_STACK)));
  if (!(await listStacks(workspace)).some(({ name }) => readStackName(name, chosenBackend()).name === stack))
    await pulumiOutput(workspace, ["stack", "init", stack, "--no-select", "--non-interactive"]);
  noteBackend(stack);
}

/**
 * `up --backend-moved`: records the chosen backend if it has the stack with resources.
 * @throws UserError where it does not, because a second stack would begin there
 */
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
 * The config file for a new stack: a copy of another stack's file without its encryption keys and its address range on
 * this machine.
 * @throws UserError where the file has secrets, because they cannot be decrypted with another key
 */
export function newStackFile(from: string): Document {
  const text = stackFileText(from);
  const { locked } = rawConfig(text, fileName(from));
  if (locked.length > 0) {
    throw new UserError(
      `Pulumi.${from}.yaml has secrets that only stack ${from} can read (${locked.map((path) => `istio-lab:${path}`).join(", ")}). So a new stack cannot be a copy of it. ` +
        `Copy another stack, or encrypt the secrets again for the new one: npm run -s pulumi -- stack init NAME --copy-config-from ${from}`,
    );
  }
  const { document } = readYamlText(text);
  for (const key of ["encryptionsalt", "encryptedkey"]) document.delete(key);
  if (document.hasIn(["config", "istio-lab:embedded"]))
    document.deleteIn(["config", "istio-lab:embedded", "addressRange"]);
  return document;
}

/** A stack's file as text. Long lines are not wrapped. */
export function stackText(document: Document): string {
  return document.toString({ lineWidth: 0 });
}

/** The existing stacks. `filter` are options of `pulumi stack ls`, such as `--tag`. */
export async function listStacks(
  workspace: Workspace,
  ...filter: string[]
): Promise<{ name: string; current: boolean; resourceCount?: number }[]> {
  return stacksIn(await pulumiOutput(workspace, ["stack", "ls", "--json", ...filter]));
}

/**
 * The target in a stack's config file; undefined where the file names none. A stack without a file starts as the
 * embedded seat.
 */
export function targetOf(stack: string): string | undefined {
  if (!hasConfigFile(stack)) return "embedded";
  const target = writtenConfig(stack)["istio-lab:target"];
  return target === undefined ? undefined : String(target);
}

/**
 * The config of a stack's file as the program gets it, without its encrypted secrets. Empty where there is no file.
 * @throws UserError with all problems of the file
 */
export function fileConfig(stack: string): RawConfig["config"] {
  const problems = fileProblems(stack);
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return hasConfigFile(stack) ? rawConfig(stackFileText(stack), fileName(stack)).config : {};
}

/** The problems of a stack's file, a line each. They include valid YAML that Pulumi might read differently. */
export function fileProblems(stack: string): string[] {
  if (!hasConfigFile(stack)) return [];
  const { value, problems } = readYamlText(stackFileText(stack));
  const written = isMap(value) && isMap(value.config) ? value.config : {};
  return [
    ...problems.map(({ line, text }) => `line ${line}: ${text}`),
    ...textProblems(stack, written, projectFile()),
  ].map((problem) => `${fileName(stack)}: ${problem}`);
}

/** Refuses a list or map that is one text, in a command that can work with any other problem of the file. */
export function requireStructured(stack: string): void {
  const problems = hasConfigFile(stack) ? textProblems(stack, writtenConfig(stack), projectFile()) : [];
  if (problems.length > 0) throw new UserError(problems.map((text) => `${fileName(stack)}: ${text}`).join("\n"));
}

function projectFile(): string {
  return readText(path.join(projectRoot, "Pulumi.yaml"), () => "") ?? "";
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

/**
 * The config of a stack's file as it is written: without defaults, and with its secrets encrypted. Empty where there
 * is no file.
 */
export function writtenConfig(stack: string): Record<string, unknown> {
  return hasConfigFile(stack) ? writtenIn(stackFileText(stack), fileName(stack)) : {};
}

/**
 * The stack's resources and the operations that a killed run left open. "with secrets" makes each secret a readable
 * `{plaintext}`, which must stay in memory.
 */
export async function exportStack(workspace: Workspace, stack: string, secrets?: "with secrets"): Promise<Deployment> {
  const text = await pulumiOutput(workspace, [
    "stack",
    "export",
    "--stack",
    stack,
    ...(secrets ? ["--show-secrets"] : []),
  ]);
  if (isPassphraseChosen()) requirePassphrase(stack, saltIn(text) ?? "");
  const { resources, operations } = deploymentIn<StateResource, PendingOperation>(text);
  return { resources, pending: operations.length, operations };
}

export function hasConfigFile(stack: string): boolean {
  return isThere(configFile(stack));
}

/** The absolute path of `Pulumi.<stack>.yaml`. */
export function configFile(stack: string): string {
  return path.join(projectRoot, `Pulumi.${localName(stack)}.yaml`);
}
