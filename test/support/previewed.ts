import { execa } from "execa";
import type { Checkout, Ended } from "./checkout";

/** What a preview would do to a resource, e.g. `update networking.istio.io/v1:VirtualService default/reviews`. */
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

/** What both forms of a preview say, and all that they print. */
export interface Previewed {
  /** Every resource that is touched, sorted. */
  touched: Touched[];
  /** `operation type` of each, as `preview --diff` prints them, sorted. */
  inDiff: string[];
  /** The diff itself. */
  diff: string;
  printed: string;
}

/** Previews the stack's config as it is, as JSON. */
export async function touchedOf(lab: Checkout): Promise<Touched[]> {
  return touchedIn(await lab.pulumi("preview", "--json"));
}

/** Previews the stack's config as it is, as JSON and as a diff. */
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

/** Components are nothing but a heading over their resources. */
function matters({ op, urn }: Step): boolean {
  return op !== "same" && op !== "read" && !typeOf(urn).startsWith("istio-lab:");
}

function touchedBy({ op, urn, oldState, newState }: Step): Touched {
  return touched(op, typeOf(urn), urn.split("::").at(-1)!, (newState ?? oldState)?.inputs);
}

/** Named as kubectl does, by the object; what is none goes by the resource's name. */
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

/** The type in a URN stands last in the chain of its parents' types. */
function typeOf(urn: string): string {
  return urn.split("::")[2]!.split("$").at(-1)!;
}

/** The headings of a diff: `~ kubernetes:core/v1:Service: (update)`. */
function operations(diff: string): string[] {
  return [...diff.matchAll(/^\s*[~+-]+ ?(?:kubernetes:)?(\S+): \((\w+)[^)]*\)$/gm)]
    .map(([, type, op]) => `${op} ${type}`)
    .filter((line) => !/ (istio-lab:|pulumi:pulumi:Stack)/.test(line));
}

/** Sets a key of the config to a secret text, as the README says to: from standard input, so that no list of processes shows it. */
export async function setSecret(lab: Checkout, path: string, value: string): Promise<void> {
  await execa("npm", ["run", "-s", "pulumi", "--", "config", "set", "--secret", "--path", `istio-lab:${path}`], {
    cwd: lab.root,
    input: value,
  });
}
