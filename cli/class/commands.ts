import { Command } from "commander";
import type { CanaryOptions } from "./verbs/canary";
import type { CardsOptions } from "./verbs/cards";
import type { CheckOptions } from "./verbs/check";
import type { DestroyOptions } from "./verbs/destroy";
import type { DriftOptions } from "./verbs/drift";
import type { ExpireOptions } from "./verbs/expire";
import type { PreflightOptions } from "./verbs/preflight";
import type { PreviewOptions } from "./verbs/preview";
import type { RepairOptions } from "./verbs/repair";
import type { ResetOptions } from "./verbs/reset";
import type { StatusOptions } from "./verbs/status";
import type { UpOptions } from "./verbs/up";

/** `npm run class -- VERB`. Each verb loads its code only when it runs. */
export function classCommand(): Command {
  const all = new Command("class").description("a class: the seats of a roster, each of them a stack");

  verb(all, "preflight", "say what is in the way of the class, before anything is made")
    .option("--json", "print what was found as JSON")
    .addHelpText("after", "\nThe exit code is 0 when nothing refuses the class.")
    .action((options: PreflightOptions) =>
      (require("./verbs/preflight") as typeof import("./verbs/preflight")).preflight(options),
    );

  many(verb(all, "preview", "what `up` would change, equal seats folded into one line; changes nothing"))
    .option(
      "--set <path=value...>",
      "with this config of all seats, e.g. canary.reviews='{v1: 75, v3: 25}'; `up --set` writes it",
    )
    .option("--expect-only <kind...>", "fail when anything else would change, e.g. VirtualService")
    .option("--json", "print the groups as JSON; the progress goes to standard error")
    .addHelpText(
      "after",
      "\nThe exit code is 0 when every seat could be previewed, and nothing but what --expect-only names would change.",
    )
    .action((options: PreviewOptions) =>
      (require("./verbs/preview") as typeof import("./verbs/preview")).preview(options),
    );

  many(verb(all, "up", "make the seats, or bring them up to date; run again, it goes on with what is missing"))
    .option("--set <path=value...>", "write this config into all seats' stack files first")
    .option("--html <file>", "where the board is kept as a page")
    .option("--json", "print the outcome as JSON; the progress goes to standard error")
    .addHelpText("after", "\nThe exit code is 0 when every seat is up.")
    .action((options: UpOptions) => (require("./verbs/up") as typeof import("./verbs/up")).up(options));

  tables(verb(all, "status", "which seats are there, and how they are"))
    .option("--watch [seconds]", "keep looking, and write the page anew each time, until Ctrl-C")
    .addHelpText("after", "\nThe exit code is 0 when every seat is up.")
    .action((options: StatusOptions) => (require("./verbs/status") as typeof import("./verbs/status")).status(options));

  tables(many(verb(all, "check", "check on every seat what the lessons teach")))
    .option("--lesson <name...>", "only these lessons; all of each seat if not given")
    .addHelpText("after", "\nThe exit code is 0 when on every seat a check passed and none failed.")
    .action((options: CheckOptions) => (require("./verbs/check") as typeof import("./verbs/check")).check(options));

  verb(all, "cards", "handouts to print, one a trainee: seat, URLs, first commands, QR code")
    .option("--html <file>", "the page", "cards.html")
    .option("--pdf <file>", "the PDF, A4", "cards.pdf")
    .option("--per-page <number>", "cards a page: 1, 2, 4, 6 or 8", "4")
    .option(
      "--secrets <file>",
      "also write what must stay secret (kubeconfigs) to this file, mode 0600; without it, no secret is read. Whoever has an embedded seat's can become root of this machine",
    )
    .action((options: CardsOptions) => (require("./verbs/cards") as typeof import("./verbs/cards")).cards(options));

  many(verb(all, "drift", "what trainees changed or added by hand, seat by seat"))
    .option("--json", "print it as JSON; the progress goes to standard error")
    .addHelpText("after", "\nThe exit code is 0 when every seat is as it was made.")
    .action((options: DriftOptions) => (require("./verbs/drift") as typeof import("./verbs/drift")).drift(options));

  consents(
    many(verb(all, "repair", "put seats back as they were made, Istio itself included; what was added by hand goes"))
      .option("--lesson <name>", "only this lesson; the whole seat if not given")
      .option("--dry-run", "only show what would be put back, taken away and restarted"),
  )
    .addHelpText("after", "\nThe exit code is 0 when every seat is as it was made.")
    .action((options: RepairOptions) => (require("./verbs/repair") as typeof import("./verbs/repair")).repair(options));

  consents(
    verb(all, "reset", "put one lesson of one seat back as it was made: `repair` of that lesson alone")
      .requiredOption("--seat <name>", "the seat")
      .requiredOption("--lesson <name>", "the lesson"),
  ).action((options: ResetOptions) => (require("./verbs/reset") as typeof import("./verbs/reset")).reset(options));

  many(verb(all, "destroy", "take the seats away, and prove that nothing of them is left"))
    .option("--yes", "do not ask")
    .option("--html <file>", "where the board is kept as a page")
    .option("--json", "print the proof as JSON; the progress goes to standard error")
    .addHelpText(
      "after",
      "\nThe exit code is 0 when every seat is gone: its target was asked, and every query of the proof was answered and came back empty.",
    )
    .action((options: DestroyOptions) =>
      (require("./verbs/destroy") as typeof import("./verbs/destroy")).destroy(options),
    );

  many(verb(all, "expire", "take away the seats whose time is past, for a cron job; never one without an expiry"))
    .option("--dry-run", "only say which")
    .option("--json", "print the outcome as JSON; the progress goes to standard error")
    .action((options: ExpireOptions) => (require("./verbs/expire") as typeof import("./verbs/expire")).expire(options));

  many(verb(all, "canary", "move all seats a step of the canaryPlan in their config; shows the preview and asks"))
    .argument("<next|back|status>", "the next step, the one before, or where the seats are")
    .option("--service <name>", "of which service, where the plan has several")
    .option("--yes", "do not ask")
    .action((to: string, options: CanaryOptions) =>
      (require("./verbs/canary") as typeof import("./verbs/canary")).canary(to, options),
    );

  return all;
}

function verb(all: Command, name: string, description: string): Command {
  return all
    .command(name)
    .description(description)
    .requiredOption("--roster <file>", "the class: CSV or YAML")
    .option(
      "--from <stack>",
      "the stack whose config file new seats begin with (default: what the roster says, or embedded)",
    )
    .option("--only <seat...>", "only these seats of the roster")
    .option("--class-id <id>", "the class that the roster's stacks carry, once, where a refusal asks for it");
}

/** Options of the verbs that delete what was added by hand. */
function consents(command: Command): Command {
  return command
    .option("--yes", "do not ask; claims, and what may be somebody else's, have flags of their own")
    .option("--take-added", "delete what was added also in a namespace that was there before the seat")
    .option("--leave-added", "delete nothing that was added")
    .option("--delete-claim <name...>", "delete these claims of storage with their data; never without their names");
}

function many(command: Command): Command {
  return command
    .option("--concurrency <number>", "seats at the same time (default: by this machine's cores and memory)")
    .option("--continue-on-error", "go on with the others when a seat fails; the default")
    .option("--fail-fast", "begin no further seat after a failure");
}

function tables(command: Command): Command {
  return command
    .option("--json", "print it as JSON; the progress goes to standard error")
    .option("--html <file>", "where the board is kept as a page")
    .option("--junit <file>", "write it as JUnit XML as well");
}
