import * as fs from "node:fs";
import pLimit from "p-limit";
import * as QRCode from "qrcode";
import { parse } from "yaml";
import { UserError } from "../../../base/errors";
import { writeWhole } from "../../../base/files";
import { quote } from "../../../base/quote";
import { lessonOf, lessonsAmong } from "../../../components/lessons/catalog";
import { currentContext, type KubeconfigFile, kubeconfigText } from "../../../kube";
import { type Outputs, readOutputs } from "../../stack/outputs";
import type { Workspace } from "../../stack/workspace";
import type { RosterSeat } from "../model";

/**
 * What a trainee gets on paper. Holds no secret: everything comes from the roster and from outputs that are not secret.
 */
export interface Card {
  readonly class: string;
  readonly seat: string;
  readonly trainee: string;
  readonly expires?: Date;
  /** Names as in the outputs and on the lessons' pages. */
  readonly addresses: readonly { readonly name: string; readonly url: string }[];
  /** The first commands to try, in order. */
  readonly commands: readonly string[];
  /** Shown as QR codes, for pages that a phone can open. */
  readonly codes: readonly { readonly label: string; readonly url: string }[];
}

/** The stack outputs that a card shows. */
export interface CardOutputs {
  readonly GATEWAY_URL: string;
  readonly KIALI_URL?: string;
  readonly lessons: Readonly<Record<string, string>>;
}

/** The number of commands that fit on the smallest card. */
const FEW = 2;

/**
 * @param kubeconfig whether the trainee gets that file too; then the card shows kubectl commands, and says what the
 * file is
 * @param shutdown the time of the daily shutdown of the seat's machine
 */
export function cardOf(
  name: string,
  { seat, trainee, expires }: RosterSeat,
  outputs: CardOutputs,
  { kubeconfig = false, shutdown }: { readonly kubeconfig?: boolean; readonly shutdown?: string } = {},
): Card {
  const { GATEWAY_URL: gateway, KIALI_URL: kiali, lessons } = outputs;
  // The first commands, and the pages that a browser can open without extra headers.
  const there = lessonsAmong(Object.keys(lessons)).flatMap((lesson) => {
    const { card } = lessonOf(lesson);
    return card === undefined ? [] : [{ lesson, ...card }];
  });
  const page = there.find(({ label }) => label !== undefined);
  const codes = [
    ...(page ? [{ label: page.label!, url: lessons[page.lesson]! }] : []),
    ...(kiali ? [{ label: "Kiali", url: kiali }] : []),
  ];
  return {
    class: name,
    seat,
    trainee,
    ...(expires && { expires }),
    addresses: [{ name: "GATEWAY_URL", url: gateway }, ...(kiali ? [{ name: "KIALI_URL", url: kiali }] : [])],
    commands: [
      `URL=${gateway}`,
      ...there.slice(0, FEW).map(({ command }) => command),
      ...(kubeconfig ? withKubeconfig(seat) : []),
      ...(shutdown === undefined ? [] : [`# the seat is shut down each day at ${shutdown}`]),
    ],
    // Without a page to open, the code holds the gateway's address, so that nobody has to type it.
    codes: codes.length > 0 ? codes : [{ label: "GATEWAY_URL", url: gateway }],
  };
}

/** Says what a kubeconfig allows. It holds for every target, because a pod can get all rights of its node. */
function withKubeconfig(seat: string): string[] {
  return [
    `kubectl --kubeconfig ${seat}.kubeconfig get pods -A`,
    "# keep it: whoever has that file can become root of the seat's machine",
  ];
}

const dayOf = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

/** Returns e.g. `until 1 December 2026`, with the time where it is not the end of that day. */
export function until(expires: Date): string {
  const time = expires.toISOString().slice(11, 16);
  return `until ${dayOf.format(expires)}${time === "23:59" ? "" : `, ${time} UTC`}`;
}

/** The line under the name, beside the seat. */
export function small({ class: name, expires }: Card): string {
  return [name, ...(expires ? [until(expires)] : [])].join(" · ");
}

/** CLI processes at a time: each takes about half a second of a core. */
const AT_ONCE = 4;

/** A seat with its card's outputs, or with the reason why there are none. */
type SeatOutputs = { readonly seat: RosterSeat } & ({ readonly outputs: CardOutputs } | { readonly missing: string });

/** Reads the seats' outputs as `pulumi stack output` gives them. Secrets stay `[secret]`, so this never reads them. */
export async function outputsOfSeats(workspace: Workspace, seats: readonly RosterSeat[]): Promise<SeatOutputs[]> {
  if (!workspace.engine)
    throw new UserError(
      "No seat has a card: the Pulumi engine is not installed yet. `class up` installs it and makes the seats.",
    );
  const limit = pLimit(AT_ONCE);
  return Promise.all(
    seats.map((seat) => limit(async () => ({ seat, ...choose(await readOutputs(workspace, seat.seat)) }))),
  );
}

/** Picks the outputs that a card shows. Skips those that are secret. */
export function choose(all: Outputs | undefined): { outputs: CardOutputs } | { missing: string } {
  const open = (value: unknown): value is string => typeof value === "string" && /^https?:/.test(value);
  if (all === undefined) return { missing: "it has no stack" };
  const { GATEWAY_URL, KIALI_URL, lessons } = all;
  if (GATEWAY_URL === undefined) return { missing: "it is not up" };
  if (!open(GATEWAY_URL)) return { missing: "its GATEWAY_URL is a secret" };
  const urls = Object.entries(lessons ?? {}).filter(([, url]) => open(url));
  return { outputs: { GATEWAY_URL, ...(open(KIALI_URL) && { KIALI_URL }), lessons: Object.fromEntries(urls) } };
}

/**
 * Refuses a file for secrets that others can read, or that is not a regular file, before anything is written.
 * @throws UserError
 */
export function requireSecretFile(file: string): void {
  const there = fs.lstatSync(file, { throwIfNoEntry: false });
  if (!there) return;
  if (!there.isFile()) throw new UserError(`--secrets ${file}: exists and is not a regular file. Name another file.`);
  const rights = there.mode & 0o777;
  if (rights & 0o077)
    throw new UserError(
      `--secrets ${file}: exists with mode ${rights.toString(8).padStart(4, "0")}: others can read it. Run \`chmod 600 ${quote(file)}\` first, or name another file.`,
    );
}

/**
 * One kubeconfig for the class with a context per seat, named after the seat. `texts`: seat → the text of its own
 * kubeconfig.
 */
export function mergedKubeconfig(texts: ReadonlyMap<string, string>): string {
  const parts = [...texts].map(([seat, text]) => ({ seat, ...partsOf(seat, text) }));
  const merged = {
    clusters: parts.map(({ seat, cluster }) => ({ name: seat, cluster })),
    users: parts.map(({ seat, user }) => ({ name: seat, user })),
    contexts: parts.map(({ seat, context: { namespace } }) => ({
      name: seat,
      context: { cluster: seat, user: seat, ...(namespace !== undefined && { namespace }) },
    })),
    // No current context: a command without --context must not reach the first trainee's seat by accident.
    "current-context": "",
  };
  return `# Secret: whoever has this file administers its seats, and can become root of the machines they run on.\n${kubeconfigText(merged)}`;
}

function partsOf(seat: string, text: string): NonNullable<ReturnType<typeof currentContext>> {
  const parts = currentContext(parse(text) as KubeconfigFile);
  if (parts === undefined)
    throw new UserError(`The kubeconfig of seat ${seat} has no current context with a cluster and a user.`);
  return parts;
}

/** Writes a secret atomically, with owner-only permissions from its first byte. */
export function writeSecret(file: string, text: string): void {
  requireSecretFile(file);
  writeWhole(file, text, 0o600);
}

/** The layout of cards on an A4 page. */
export interface Sheet {
  readonly columns: number;
  readonly rows: number;
  /** The size of everything on a card, relative to the smallest card. */
  readonly scale: number;
  /** An extra factor for name and addresses, where there is room. */
  readonly lead: number;
  /** `wide`: QR codes beside the addresses; `tall`: below everything. */
  readonly shape: "wide" | "tall";
}

const sheets: Readonly<Record<string, Sheet>> = {
  1: { columns: 1, rows: 1, scale: 2, lead: 1.25, shape: "tall" },
  2: { columns: 1, rows: 2, scale: 2, lead: 1, shape: "wide" },
  4: { columns: 2, rows: 2, scale: 1, lead: 1.25, shape: "tall" },
  6: { columns: 2, rows: 3, scale: 1, lead: 1, shape: "tall" },
  8: { columns: 2, rows: 4, scale: 1, lead: 1, shape: "wide" },
};

/** @throws UserError where no layout has that many cards */
export function sheetOf(perPage: string): Sheet {
  const sheet = Object.hasOwn(sheets, perPage) ? sheets[perPage] : undefined;
  if (!sheet) throw new UserError(`--per-page ${perPage}: valid are ${Object.keys(sheets).join(", ")}.`);
  return sheet;
}

/** Splits the cards into pages. */
export function pages<T>(cards: readonly T[], { columns, rows }: Sheet): T[][] {
  const many = columns * rows;
  return Array.from({ length: Math.ceil(cards.length / many) }, (_, page) =>
    cards.slice(page * many, (page + 1) * many),
  );
}

/**
 * A QR code as a path in a square of `size` modules, so that page and PDF draw it sharp at any size. The layout adds
 * the margin.
 */
export function qr(text: string): { readonly size: number; readonly path: string } {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: "M" });
  const { size } = modules;
  const rows = Array.from({ length: size }, (_, y) => {
    const row = Array.from({ length: size }, (_, x) => (modules.get(y, x) ? "1" : "0")).join("");
    return [...row.matchAll(/1+/g)]
      .map(({ index, 0: dark }) => `M${index} ${y}h${dark.length}v1h-${dark.length}z`)
      .join("");
  });
  return { size, path: rows.join("") };
}
