import * as fs from "node:fs";
import * as path from "node:path";
import { onStack } from "../../base/advice";
import { writeWhole } from "../../base/files";
import { localName, PROJECT } from "../../base/names";
import { makeLab } from "../../base/lab";
import { labRoot } from "../../base/paths";
import { backendAddress, chosenBackend, fileUrl, ownBackendUrl, ownState, type Backend } from "./backend";
import { typedCommand } from "../terminal/command-line";
import { UserError } from "../../base/errors";
import { quote } from "../../base/quote";

/** Content of `.lab/stacks/NAME.json`: the backend of a stack that `up` has worked on. */
type Home = Pick<Backend, "url" | "own">;

/** Records that a stack is kept in the backend that is chosen now. */
export function noteBackend(stack: string): void {
  const { url, own } = chosenBackend();
  makeLab();
  fs.mkdirSync(path.dirname(noteOf(stack)), { recursive: true, mode: 0o700 });
  writeWhole(noteOf(stack), `${JSON.stringify({ url, own }, null, 2)}\n`, 0o600);
}

/** Removes the record: an empty stack may use any backend. */
export function forgetBackend(stack: string): void {
  fs.rmSync(noteOf(stack), { force: true });
}

/**
 * Refuses a stack that is kept in another backend than the chosen one. The chosen one would treat the stack as new and
 * make a second stack for the same seat.
 * @throws UserError that names both backends and the command for each
 */
export function requireSameBackend(...stacks: readonly string[]): void {
  const chosen = chosenBackend();
  const elsewhere = stacks.flatMap((stack) => {
    const home = homeOf(stack);
    return home === undefined || isSame(home, chosen) ? [] : [{ stack, home }];
  });
  const [first] = elsewhere;
  if (first === undefined) return;
  const names = elsewhere.map(({ stack }) => stack);
  throw new UserError(
    [
      `${names.length === 1 ? `Stack ${names[0]} is` : `Stacks ${names.join(", ")} are`} kept in a Pulumi backend that is not the chosen one. Nothing has been changed.`,
      `- kept in ${shown(first.home)}; there: ${inBackend(first.home, onStack(first.stack, typedCommand()))}`,
      `- chosen ${HOW[chosen.by]}: ${shown(chosen)}; if the stack was moved there: ${onStack(first.stack, "npm run up -- --backend-moved")}`,
      "A new seat in the chosen backend needs a name that no stack has.",
    ].join("\n"),
  );
}

/** The stacks that are kept in another backend than the chosen one. */
export function stacksElsewhere(): string[] {
  const chosen = chosenBackend();
  const known = [...namesIn(path.dirname(noteOf("x"))), ...namesIn(ownStacks())].filter(
    (name, index, all) => all.indexOf(name) === index,
  );
  return known.filter((stack) => {
    const home = homeOf(stack);
    return home !== undefined && !isSame(home, chosen);
  });
}

/** Reads the record. A stack older than these records belongs to the own state if that has resources of it. */
function homeOf(stack: string): Home | undefined {
  const file = noteOf(stack);
  if (fs.existsSync(file)) return readNote(file);
  return hasResources(path.join(ownStacks(), `${localName(stack)}.json`))
    ? { url: fileUrl(ownState()), own: true }
    : undefined;
}

function readNote(file: string): Home {
  try {
    const { url, own } = JSON.parse(fs.readFileSync(file, "utf8")) as Partial<Home>;
    if (typeof url === "string" && typeof own === "boolean") return { url: backendAddress(url), own };
    throw new Error("it has no url");
  } catch (error) {
    throw new UserError(
      `${file} cannot be read (${(error as Error).message}). It says which Pulumi backend has the stack. \`${onStack(path.basename(file, ".json"), "npm run up -- --backend-moved")}\` rewrites it for the backend that has the stack.`,
    );
  }
}

/** Whether a checkpoint of the own state has resources. An unreadable one may have some. */
function hasResources(file: string): boolean {
  if (!fs.existsSync(file)) return false;
  try {
    const { checkpoint } = JSON.parse(fs.readFileSync(file, "utf8")) as {
      checkpoint?: { latest?: { resources?: unknown[] } | null };
    };
    return (checkpoint?.latest?.resources?.length ?? 0) > 0;
  } catch {
    return true;
  }
}

/** The own state stays the same backend wherever the checkout is moved to. */
function isSame(home: Home, chosen: Home): boolean {
  return home.own ? chosen.own : home.url === chosen.url;
}

/** Only Pulumi's service needs a login. */
function inBackend({ url, own }: Home, command: string): string {
  if (/^https?:/.test(url)) return `npx pulumi login ${quote(url)}, and then ${command}`;
  return `PULUMI_BACKEND_URL=${quote(own ? ownBackendUrl() : url)} ${command}`;
}

function shown({ url, own }: Home): string {
  return own ? `this checkout's own, ${ownState()}` : url;
}

const HOW: Readonly<Record<Backend["by"], string>> = {
  environment: "by PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN",
  login: "by pulumi login",
  checkout: "by default, because PULUMI_BACKEND_URL is not set and nobody is logged in",
};

function noteOf(stack: string): string {
  return path.join(labRoot(), "stacks", `${localName(stack)}.json`);
}

function ownStacks(): string {
  return path.join(ownState(), ".pulumi", "stacks", PROJECT);
}

function namesIn(folder: string): string[] {
  return fs.existsSync(folder)
    ? fs
        .readdirSync(folder)
        .filter((name) => name.endsWith(".json"))
        .map((name) => name.slice(0, -".json".length))
    : [];
}
