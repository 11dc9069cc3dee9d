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
import type { StartOptions } from "./verbs/start";
import type { StatusOptions } from "./verbs/status";
import type { StopOptions } from "./verbs/stop";
import type { UpOptions } from "./verbs/up";

/** `npm run class -- VERB`. Each verb loads its code only when it runs. */
export function classCommand(): Command {
  const all = new Command("class").description("a class: the seats of a roster; each seat is a stack");

  verb(all, "preflight", "list what would stop the class, before anything is made")
    .option("--json", "print what was found as JSON")
    .addHelpText("after", "\nThe exit code is 0 if no check refuses the class.")
    .action((options: PreflightOptions) =>
      (require("./verbs/preflight") as typeof import("./verbs/preflight")).preflight(options),
    );

  many(verb(all, "preview", "show what `up` would change, with equal seats in one line; change nothing"))
    .option(
      "--set <path=value...>",
      "assume this config for all seats, e.g. canary.reviews='{v1: 75, v3: 25}'; `up --set` writes it",
    )
    .option("--expect-only <kind...>", "fail if anything else would change, e.g. VirtualService")
    .option("--json", "print the groups as JSON; the progress goes to standard error")
    .addHelpText(
      "after",
      "\nThe exit code is 0 if every seat was previewed and only what --expect-only names would change.",
    )
    .action((options: PreviewOptions) =>
      (require("./verbs/preview") as typeof import("./verbs/preview")).preview(options),
    );

  many(verb(all, "up", "make the seats, or bring them up to date; run it again to continue an interrupted run"))
    .option("--set <path=value...>", "first write this config into the stack files of all seats")
    .option("--html <file>", "where to write the board as a page")
    .option("--json", "print the outcome as JSON; the progress goes to standard error")
    .addHelpText("after", "\nThe exit code is 0 if every seat is up.")
    .action((options: UpOptions) => (require("./verbs/up") as typeof import("./verbs/up")).up(options));

  tables(verb(all, "status", "show which seats exist, and their state"))
    .option("--watch [seconds]", "look again every so many seconds and rewrite the page, until Ctrl-C")
    .option("--csv <file>", "write each trainee's tasks as CSV as well, with the time when each was first seen done")
    .addHelpText("after", "\nThe exit code is 0 if every seat is up.")
    .action((options: StatusOptions) => (require("./verbs/status") as typeof import("./verbs/status")).status(options));

  tables(many(verb(all, "check", "check on every seat that the lessons work as taught")))
    .option("--lesson <name...>", "only these lessons; default: all lessons of each seat")
    .addHelpText("after", "\nThe exit code is 0 if every seat has a passed check and none that failed.")
    .action((options: CheckOptions) => (require("./verbs/check") as typeof import("./verbs/check")).check(options));

  verb(all, "cards", "print handouts, one for each trainee: seat, URLs, first commands, QR code")
    .option("--html <file>", "the page", "cards.html")
    .option("--pdf <file>", "the PDF, A4", "cards.pdf")
    .option("--per-page <number>", "cards a page: 1, 2, 4, 6 or 8", "4")
    .option(
      "--secrets <file>",
      "also write the secret kubeconfigs to this file, mode 0600; without it, no secret is read. Whoever has an embedded seat's kubeconfig can become root of this machine",
    )
    .action((options: CardsOptions) => (require("./verbs/cards") as typeof import("./verbs/cards")).cards(options));

  many(verb(all, "drift", "show what trainees changed or added by hand, seat by seat"))
    .option("--json", "print it as JSON; the progress goes to standard error")
    .addHelpText("after", "\nThe exit code is 0 if every seat is as it was made.")
    .action((options: DriftOptions) => (require("./verbs/drift") as typeof import("./verbs/drift")).drift(options));

  consents(
    many(verb(all, "repair", "restore seats as they were made, Istio included; delete what was added by hand"))
      .option("--lesson <name>", "only this lesson; default: the whole seat")
      .option("--dry-run", "only show what would be restored, deleted and restarted"),
  )
    .addHelpText("after", "\nThe exit code is 0 if every seat is as it was made.")
    .action((options: RepairOptions) => (require("./verbs/repair") as typeof import("./verbs/repair")).repair(options));

  consents(
    verb(all, "reset", "restore one lesson of one seat as it was made: `repair` of that lesson alone")
      .requiredOption("--seat <name>", "the seat")
      .requiredOption("--lesson <name>", "the lesson"),
  ).action((options: ResetOptions) => (require("./verbs/reset") as typeof import("./verbs/reset")).reset(options));

  many(verb(all, "stop", "turn the seats' machines off until `start`; what is on them stays, and so does their expiry"))
    .option("--json", "print the outcome as JSON; the progress goes to standard error")
    .addHelpText("after", "\nThe exit code is 0 if every seat's machines are off.")
    .action((options: StopOptions) => (require("./verbs/stop") as typeof import("./verbs/stop")).stop(options));

  tables(many(verb(all, "start", "turn the seats' machines on again, wait for their answers, and check them")))
    .addHelpText("after", "\nThe exit code is 0 if every seat has a passed check and none that failed.")
    .action((options: StartOptions) => (require("./verbs/start") as typeof import("./verbs/start")).start(options));

  many(verb(all, "destroy", "destroy the seats, and prove that nothing of them is left"))
    .option("--yes", "do not ask")
    .option("--html <file>", "where to write the board as a page")
    .option("--json", "print the proof as JSON; the progress goes to standard error")
    .addHelpText(
      "after",
      "\nThe exit code is 0 if every seat is gone: each query of its target was answered and found nothing.",
    )
    .action((options: DestroyOptions) =>
      (require("./verbs/destroy") as typeof import("./verbs/destroy")).destroy(options),
    );

  many(verb(all, "expire", "destroy the seats that have expired, for a cron job; seats without an expiry stay"))
    .option("--dry-run", "only list them")
    .option("--json", "print the outcome as JSON; the progress goes to standard error")
    .action((options: ExpireOptions) => (require("./verbs/expire") as typeof import("./verbs/expire")).expire(options));

  many(
    verb(all, "canary", "move all seats by one step of the canaryPlan in their config, after a preview and a question"),
  )
    .argument("<next|back|status>", "the next step, the previous step, or the present one")
    .option("--service <name>", "the service to move, if the plan has several")
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
      "the stack whose config file new seats start from (default: the roster's `from`, or embedded)",
    )
    .option("--only <seat...>", "only these seats of the roster")
    .option("--class-id <id>", "the class id on the roster's stacks; give it once, when a refusal asks for it");
}

/** Options of the verbs that delete what was added by hand. */
function consents(command: Command): Command {
  return command
    .option("--yes", "do not ask; claims, and what may belong to others, have flags of their own")
    .option("--take-added", "also delete what was added to a namespace that existed before the seat")
    .option("--leave-added", "delete nothing that was added")
    .option("--delete-claim <name...>", "delete these storage claims with their data; claims that are not named stay");
}

function many(command: Command): Command {
  return command
    .option(
      "--concurrency <number>",
      "number of seats to work on at once (default: from this machine's cores and memory)",
    )
    .option("--continue-on-error", "continue with the others if a seat fails; the default")
    .option("--fail-fast", "start no further seat after a failure");
}

function tables(command: Command): Command {
  return command
    .option("--json", "print it as JSON; the progress goes to standard error")
    .option("--html <file>", "where to write the board as a page")
    .option("--junit <file>", "write it as JUnit XML as well");
}
