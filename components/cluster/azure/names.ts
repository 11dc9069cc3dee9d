import type { AzureSettings } from "./settings";

/** Names of a seat's Azure resources. Only the group and the label must be unique outside the group. */

/** Length of the random suffix: lower-case letters and digits, two billion combinations. */
export const SUFFIX_LENGTH = 6;

/** Most characters of project and stack each, so that the label with its suffix fits into 63. */
const LONGEST = { project: 20, stack: 32 };

/**
 * Returns the name of the seat's resource group, which is also its DNS label where none is configured. It is valid as
 * both for any project and stack.
 */
export function seatName(project: string, stack: string, suffix: string): string {
  const base = withoutReserved(
    [cut(project, LONGEST.project), cut(stack, LONGEST.stack)].filter((part) => part !== "").join("-"),
  );
  return `${/^[a-z]/.test(base) ? base : tidy(`s-${base}`)}-${suffix}`;
}

/** Returns the DNS name of a seat. */
export function hostOf(label: string, location: string): string {
  return `${label}.${location}.cloudapp.azure.com`;
}

/** Returns the names of the nodes, the control plane first. */
export function nodeNames(nodes: number): string[] {
  return ["server", ...Array.from({ length: nodes - 1 }, (_, index) => `agent-${index + 1}`)];
}

/**
 * Returns the word for which Azure refuses a name with a public endpoint. @see
 * https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-reserved-resource-name
 */
export function reservedWord(name: string): string | undefined {
  return /microsoft|windows|^login/.exec(name)?.[0];
}

function cut(text: string, length: number): string {
  return tidy(tidy(text).slice(0, length));
}

function tidy(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

function withoutReserved(text: string): string {
  const word = reservedWord(text);
  return word === undefined ? text : withoutReserved(tidy(text.replace(word, "")));
}

/** Returns the tags of every resource that takes some, so that a bill can be read by seat. */
export function tagsOf({
  project,
  stack,
  owner,
  expiry,
}: Pick<AzureSettings, "owner" | "expiry"> & { project: string; stack: string }): Record<string, string> {
  return { project, seat: stack, ...(owner !== undefined && { owner }), ...(expiry !== undefined && { expiry }) };
}
