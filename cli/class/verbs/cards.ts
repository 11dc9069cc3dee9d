import * as fs from "node:fs";
import { UserError } from "../../../base/errors";
import { kubeconfigFile } from "../../stack/kubeconfig";
import { writeWhole } from "../../../base/files";
import { quote } from "../../../base/quote";
import { requireFolder } from "../../terminal/output-file";
import { commandsFor } from "../../targets";
import {
  type Card,
  cardOf,
  mergedKubeconfig,
  outputsOfSeats,
  requireSecretFile,
  writeSecret,
  pages,
  sheetOf,
} from "../cards/card";
import { cardsPage } from "../cards/html";
import { cardsPdf, shownName } from "../cards/pdf";
import { fontsFor } from "../cards/text/fonts";
import type { Class, RosterSeat } from "../model";
import { openClass } from "../open";
import type { ClassOptions } from "../run/options";
import { seatFileSettings } from "../roster/validate";
import { ownSeats } from "../run/owned";

export interface CardsOptions extends ClassOptions {
  html: string;
  pdf: string;
  perPage: string;
  secrets?: string;
}

/** Explains what a kubeconfig allows, for whoever hands it out. */
const WHAT_IT_MEANS = "Whoever has one can become root of its seat's machine. For `embedded`, that is this machine.";

/** `class cards`: a handout for each trainee, as a page and as a PDF. */
export async function cards(options: CardsOptions): Promise<void> {
  const sheet = sheetOf(options.perPage);
  for (const [option, file] of [
    ["--html", options.html],
    ["--pdf", options.pdf],
    ["--secrets", options.secrets],
  ] as const)
    if (file !== undefined) requireFolder(option, file);
  if (options.secrets !== undefined) requireSecretFile(options.secrets);
  const cls = openClass(options);

  // A card hands out a seat, and with --secrets its keys. So the seat must belong to exactly this class.
  if (cls.workspace.engine) await ownSeats(cls, "cards");
  const seats = await outputsOfSeats(cls.workspace, cls.roster.seats);
  const without = seats.flatMap((one) => ("missing" in one ? [one] : []));
  for (const { seat, missing } of without)
    say(
      `No card for ${seat.seat} (${seat.trainee}): ${missing}. \`npm run class -- up --roster ${quote(options.roster)} --only ${seat.seat}\` makes the seat.`,
    );
  const made = seats.flatMap((one): Card[] =>
    "outputs" in one
      ? [
          cardOf(cls.roster.name, one.seat, one.outputs, {
            kubeconfig: options.secrets !== undefined,
            shutdown: shutdownOf(cls, one.seat),
          }),
        ]
      : [],
  );
  if (made.length === 0) throw new UserError(`No seat of class ${cls.roster.name} is up: no card was printed.`);

  const fonts = await fontsFor(
    made.map(({ trainee }) => trainee),
    say,
  );
  for (const card of made) {
    const { note } = shownName(card.trainee, fonts);
    if (note) say(`${card.seat} (${card.trainee}): ${note}`);
  }
  writeWhole(options.html, cardsPage(made, sheet, fonts.web));
  writeWhole(options.pdf, await cardsPdf(made, sheet, fonts));
  const sheets = pages(made, sheet).length;
  process.stdout.write(`${count(made.length, "card")} on ${count(sheets, "page")}: ${options.html}, ${options.pdf}\n`);
  if (options.secrets !== undefined) await secrets(cls, made, options.secrets);
  process.exitCode = without.length > 0 ? 1 : 0;
}

/** The daily shutdown of a seat's machines, in the time zone of where the cards are printed. */
function shutdownOf({ roster }: Class, seat: RosterSeat): string | undefined {
  const { settings } = seatFileSettings(roster, seat);
  return commandsFor(settings.target).shutdown?.(settings);
}

async function secrets({ workspace }: Class, made: readonly Card[], file: string): Promise<void> {
  const texts = new Map<string, string>();
  for (const { seat } of made) texts.set(seat, fs.readFileSync(await kubeconfigFile(workspace, seat), "utf8"));
  writeSecret(file, mergedKubeconfig(texts));
  const [{ seat }] = made as [Card];
  process.stdout.write(
    `${count(made.length, "kubeconfig")} in ${file}, mode 0600. ${WHAT_IT_MEANS} One of them for its trainee, e.g.:\n`,
  );
  process.stdout.write(
    `  (umask 077; kubectl config view --kubeconfig ${quote(file)} --context ${seat} --minify --flatten > ${seat}.kubeconfig)\n`,
  );
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
