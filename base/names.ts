/**
 * The one place that turns text into the name of a seat or of a stack. A name becomes part of paths, and the target of deletes. Text that is no such
 * name is refused here, before anything looks at it.
 */

/** The project's name in Pulumi.yaml; every stack of the lab is one of this project. */
export const PROJECT = "istio-lab";

/** The stack that is taken where none is named, and none is selected: the seat that needs nothing but this machine. */
export const DEFAULT_STACK = "embedded";

/** What may name a seat on this machine, in a sentence. */
export const SEAT_NAMES =
  "Such a name has lower-case letters, digits and dashes, 63 at most, and begins and ends with a letter or digit.";

/** What may name a stack, in a sentence. Pulumi takes more (ParseStackName: `..`, `-x`), and such names are no files. */
export const STACK_NAMES =
  "a stack's name has letters, digits, '-', '_' and '.', at most 100 of them, and starts with a letter or digit.";

/** The name in its normal form, or what is wrong with the text. */
export type NameRead =
  { readonly name: string; readonly problem?: undefined } | { readonly name?: undefined; readonly problem: string };

/** Whether `name` is a DNS label (RFC 1123): a seat's node has the seat's name, and a node's name is a host name. */
export function isSeatName(name: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name);
}

/** The name of a seat on this machine. */
export function readSeatName(text: string): NameRead {
  if (isBlank(text)) return { problem: EMPTY };
  return isSeatName(text) ? { name: text } : { problem: `cannot name a seat. ${SEAT_NAMES}` };
}

/**
 * The normal form of a stack's name as Pulumi reads it: NAME, ORG/NAME or ORG/PROJECT/NAME (ParseReference of its DIY backends, ParseStackReference of its
 * service). A DIY backend has the one organization `organization`, so all its spellings are NAME. With organizations it is ORG/istio-lab/NAME, or NAME where
 * the organization is the user's default.
 */
export function readStackName(text: string, { organizations }: { readonly organizations: boolean }): NameRead {
  if (isBlank(text)) return { problem: EMPTY };
  const parts = text.split("/");
  const { name, problem } = readLocalName(parts.at(-1)!);
  if (name === undefined || parts.length > 3) return { problem: problem ?? STACK_NAMES };
  if (parts.length === 1) return { name };
  const [org, project] = [parts[0]!, parts.length === 3 ? parts[1]! : PROJECT];
  if (project !== PROJECT)
    return {
      problem: `the stack is one of another project, ${shownName(project)}; the stacks here are of ${PROJECT}, such as ${name}.`,
    };
  if (!organizations)
    return org === "organization"
      ? { name }
      : { problem: `this backend has no organization ${shownName(org)}; the stack's name here is ${name}.` };
  // stackOwnerRegexp of Pulumi's service.
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{1,38}[A-Za-z0-9]$/.test(org))
    return { problem: `${shownName(org)} cannot name an organization; valid is ORG/${PROJECT}/NAME.` };
  return { name: `${org}/${PROJECT}/${name}` };
}

/** The name of a stack without an organization, as a roster and a stack's file have it. */
export function readLocalName(text: string): NameRead {
  if (isBlank(text)) return { problem: EMPTY };
  return isStackName(text) ? { name: text } : { problem: STACK_NAMES };
}

/** The name of a stack without its organization: it names the stack's file, and what this machine keeps of it. @throws where the text is no normal form of a name */
export function localName(stack: string): string {
  const { name, problem } = readStackName(stack, { organizations: true });
  if (name !== stack) throw new Error(`${shownName(stack)}: ${problem ?? STACK_NAMES}`);
  return stack.split("/").at(-1)!;
}

/** A text as a message shows it: one that is odd in quotes, without characters that a terminal obeys, and cut where it is long. */
export function shownName(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u.test(short)) return short;
  return JSON.stringify(short).replace(
    /[\p{C}\u2028\u2029]/gu,
    (odd) => `\\u${odd.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
}

const EMPTY = "the name is empty, as an unset shell variable makes it. Give the name.";

function isBlank(text: string): boolean {
  return text.trim() === "";
}

function isStackName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(name);
}
