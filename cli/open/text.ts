import { addonOf, type AddonName } from "../../components/addons/catalog";
import type { Occupant } from "../check";
import { titleOf, type Openable } from "./choose";

/** An addon that is forwarded to a local port. */
export interface Opened extends Openable {
  /** The local port in use, which may differ from the wanted one. */
  readonly at: number;
  /** What answers on that port. @default real */
  readonly occupant?: Occupant;
  /** The path of the page that is opened. @default the addon's start page */
  readonly page?: string;
}

export function urlOf({ at, path, page = path || "/" }: Pick<Opened, "at" | "path" | "page">): string {
  return `http://localhost:${at}${page}`;
}

/**
 * Returns the page to open. For Kiali it is the graph of the seat's lessons, which tells more than its start page.
 * There is none where no lesson has pods.
 */
export function pageOf(name: AddonName, lessons: readonly string[]): Pick<Opened, "page"> {
  const page = addonOf(name).page?.(lessons);
  return page === undefined ? {} : { page };
}

/** Returns a line for each addon, with notes below it. */
export function openedLines(opened: readonly Opened[], token: string | undefined): string[] {
  const width = Math.max(...opened.map(({ name }) => titleOf(name).length));
  return [
    ...opened.flatMap((one) => [
      `  ${titleOf(one.name).padEnd(width)}  ${urlOf(one)}${one.at === one.localPort ? "" : `  (port ${one.localPort} is taken; links from other addons lead to that one)`}`,
      ...occupantLines(one).map((line) => `  ${"".padEnd(width)}  ${line}`),
    ]),
    ...(token === undefined
      ? []
      : ["", "Kiali asks for a token. This one is its ServiceAccount's, and good for an hour:", token]),
    "",
    `Ctrl-C ends ${opened.length === 1 ? "it" : "them"}.`,
  ];
}

function occupantLines({ name, occupant = "real" }: Opened): string[] {
  if (occupant === "real") return [];
  if (occupant === "placeholder")
    return [`a placeholder answers: the image of ${titleOf(name)} cannot be had on this seat`];
  return [`unknown whether ${titleOf(name)} itself answers, or a placeholder: ${occupant.unknown.message}`];
}

/** Whether a token is needed: Kiali asks for one only where the config says so. */
export function wantsToken(names: readonly AddonName[], auth: "anonymous" | "token"): boolean {
  return names.includes("kiali") && auth === "token";
}
