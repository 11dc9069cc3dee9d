import { execa } from "execa";
import type { Checkout, Ended } from "./checkout";

/** What a preview does to a resource, e.g. `update networking.istio.io/v1:VirtualService default/reviews`. */
export type Touched = `${string} ${string} ${string}`;

interface Step {
  op: string;
  urn: string;
  oldState?: State;
  newState?: State;
}

interface State {
  inputs?: { metadata?: { name?: string; namespace?: string }; name?: string; namespace?: string };
}

/** The results of both forms of a preview, and everything that they print. */
export interface Previewed {
  /** Every touched resource, sorted. */
  touched: Touched[];
  /** Every `operation type` that `preview --diff` prints, sorted. */
  inDiff: string[];
  /** The diff itself. */
  diff: string;
  printed: string;
}

/** Previews the stack's current config as JSON. */
export async function touchedOf(lab: Checkout): Promise<Touched[]> {
  return touchedIn(await lab.pulumi("preview", "--json"));
}

/** Previews the stack's current config as JSON and as a diff. */
export async function previewed(lab: Checkout): Promise<Previewed> {
  const [json, diff] = await Promise.all(
    ["--json", "--diff"].map((form) => lab.pulumi("preview", form)) as [Promise<Ended>, Promise<Ended>],
  );
  return {
    touched: touchedIn(json),
    inDiff: operations(diff.stdout).sort(),
    diff: diff.stdout,
    printed: json.all + diff.all,
  };
}

function touchedIn(json: Ended): Touched[] {
  const { steps } = JSON.parse(json.stdout.slice(json.stdout.indexOf("{"))) as { steps: Step[] };
  return steps.filter(matters).map(touchedBy).sort();
}

/** Ignores components, which only group resources. */
function matters({ op, urn }: Step): boolean {
  return op !== "same" && op !== "read" && !typeOf(urn).startsWith("istio-lab:");
}

function touchedBy({ op, urn, oldState, newState }: Step): Touched {
  return touched(op, typeOf(urn), urn.split("::").at(-1)!, (newState ?? oldState)?.inputs);
}

/** Names a resource by its object, as kubectl does. Other resources have Pulumi's name. */
export function touched(
  op: string,
  type: string,
  resource: string,
  { metadata, name, namespace }: NonNullable<State["inputs"]> = {},
): Touched {
  const object = [metadata?.namespace ?? namespace, metadata?.name ?? name]
    .filter((part) => part !== undefined)
    .join("/");
  return `${op} ${type.replace(/^kubernetes:/, "")} ${object || resource}`;
}

/** A URN's type is the last one in the chain of parent types. */
function typeOf(urn: string): string {
  return urn.split("::")[2]!.split("$").at(-1)!;
}

/** Parses the headings of a diff: `~ kubernetes:core/v1:Service: (update)`. */
function operations(diff: string): string[] {
  return [...diff.matchAll(/^\s*[~+-]+ ?(?:kubernetes:)?(\S+): \((\w+)[^)]*\)$/gm)]
    .map(([, type, op]) => `${op} ${type}`)
    .filter((line) => !/ (istio-lab:|pulumi:pulumi:Stack)/.test(line));
}

/** Sets a config key to a secret text, as README says: from standard input, so that no process list shows it. */
export async function setSecret(lab: Checkout, path: string, value: string): Promise<void> {
  await execa("npm", ["run", "-s", "pulumi", "--", "config", "set", "--secret", "--path", `istio-lab:${path}`], {
    cwd: lab.root,
    input: value,
  });
}
