/**
 * Only this file turns text into the name of a seat or a stack. Such a name becomes part of paths and selects what is
 * deleted. Invalid text is rejected here, before any other code uses it.
 */

/** The project's name in Pulumi.yaml. Every stack of the lab belongs to this project. */
export const PROJECT = "istio-lab";

/** The stack that is used when none is named and none is selected: its seat needs only this machine. */
export const DEFAULT_STACK = "embedded";

/** Says which names a seat on this machine may have. */
export const SEAT_NAMES =
  "Such a name has lower-case letters, digits and dashes, 63 at most, and begins and ends with a letter or digit.";

/**
 * Says which names a stack may have. Pulumi accepts more (ParseStackName: `..`, `-x`), but those are unsafe as file
 * names.
 */
export const STACK_NAMES =
  "a stack's name has letters, digits, '-', '_' and '.', at most 100 of them, and starts with a letter or digit.";

/** The normalized name, or what is wrong with the text. */
export type NameRead =
  { readonly name: string; readonly problem?: undefined } | { readonly name?: undefined; readonly problem: string };

/** Whether `name` is a DNS label (RFC 1123). A seat's node has the seat's name, and a node's name is a host name. */
export function isSeatName(name: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name);
}

/** Reads the name of a seat on this machine. */
export function readSeatName(text: string): NameRead {
  if (isBlank(text)) return { problem: EMPTY };
  return isSeatName(text) ? { name: text } : { problem: `cannot name a seat. ${SEAT_NAMES}` };
}

/**
 * Normalizes a stack's name as Pulumi reads it: NAME, ORG/NAME or ORG/PROJECT/NAME. The sources are ParseReference of
 * its DIY backends and ParseStackReference of its service. A DIY backend has only the organization `organization`, so
 * every spelling becomes NAME. With organizations the result is ORG/istio-lab/NAME, or NAME for the user's default
 * organization.
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
  // The pattern is stackOwnerRegexp of Pulumi's service.
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{1,38}[A-Za-z0-9]$/.test(org))
    return { problem: `${shownName(org)} cannot name an organization; valid is ORG/${PROJECT}/NAME.` };
  return { name: `${org}/${PROJECT}/${name}` };
}

/** Reads a stack's name without an organization, as a roster and a stack's file contain it. */
export function readLocalName(text: string): NameRead {
  if (isBlank(text)) return { problem: EMPTY };
  return isStackName(text) ? { name: text } : { problem: STACK_NAMES };
}

/**
 * Returns a stack's name without its organization. It names the stack's file and the stack's data on this machine.
 * @throws where the text is not a normalized name
 */
export function localName(stack: string): string {
  const { name, problem } = readStackName(stack, { organizations: true });
  if (name !== stack) throw new Error(`${shownName(stack)}: ${problem ?? STACK_NAMES}`);
  return stack.split("/").at(-1)!;
}

/**
 * Formats a text for a message. Long text is cut. Text with unusual characters is quoted, and its control characters
 * are escaped so that no terminal obeys them.
 */
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
