import { addonOf, type AddonName } from "../../components/addons/catalog";
import type { Occupant } from "../check";
import { titleOf, type Openable } from "./choose";

/** One addon that is given at a port of this machine. */
export interface Opened extends Openable {
  /** The port that it is at, which may be another than the wanted one. */
  readonly at: number;
  /** What answers there. @default real */
  readonly occupant?: Occupant;
  /** The page that is opened, as a path. @default where its pages begin */
  readonly page?: string;
}

export function urlOf({ at, path, page = path || "/" }: Pick<Opened, "at" | "path" | "page">): string {
  return `http://localhost:${at}${page}`;
}

/** Of Kiali the graph of the seat's lessons, which says more than its front page. Where no lesson has pods there is none. */
export function pageOf(name: AddonName, lessons: readonly string[]): Pick<Opened, "page"> {
  const page = addonOf(name).page?.(lessons);
  return page === undefined ? {} : { page };
}

/** A line for each addon, and what is to be known of it. */
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

/** Kiali asks for a token only where the config says so. */
export function wantsToken(names: readonly AddonName[], auth: "anonymous" | "token"): boolean {
  return names.includes("kiali") && auth === "token";
}
