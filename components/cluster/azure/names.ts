/** What a seat's things are called on Azure. Everything but group and label is named within the group, where it needs no more than to be told apart. */

/** Length of the random suffix: lower-case letters and digits, two billion of them. */
export const SUFFIX_LENGTH = 6;

/** Of project and stack each as many characters as leave a label of 63 with the suffix. */
const LONGEST = { project: 20, stack: 32 };

/** Name of the seat's resource group, and its DNS label where none is configured: valid as both for any project and any stack. */
export function seatName(project: string, stack: string, suffix: string): string {
  const base = withoutReserved(
    [cut(project, LONGEST.project), cut(stack, LONGEST.stack)].filter((part) => part !== "").join("-"),
  );
  return `${/^[a-z]/.test(base) ? base : tidy(`s-${base}`)}-${suffix}`;
}

/** The name under which a seat is reached. */
export function hostOf(label: string, location: string): string {
  return `${label}.${location}.cloudapp.azure.com`;
}

/** Names of the nodes, the control plane first. */
export function nodeNames(nodes: number): string[] {
  return ["server", ...Array.from({ length: nodes - 1 }, (_, index) => `agent-${index + 1}`)];
}

/** The word in a name with a public endpoint that makes Azure refuse it. @see https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-reserved-resource-name */
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
