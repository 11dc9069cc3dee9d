import { Command } from "commander";
import { narrowLab } from "../base/lab";
import { DEFAULT_STACK } from "../base/names";
import { bypassProxy } from "../base/proxy";
import { keepSecretsOf, maskStream } from "../base/secret-mask";
import { classCommand } from "./class";
import type { BenchOptions } from "../bench";
import type { CheckCommandOptions } from "./commands/check";
import type { DownOptions } from "./commands/down";
import type { HintOptions } from "./commands/hint";
import type { MutantsOptions } from "./commands/mutants";
import type { OpenOptions } from "./commands/open";
import type { PictureOptions } from "./commands/picture";
import type { PreflightOptions } from "./commands/preflight";
import type { RepairOptions } from "./commands/repair";
import type { TopologyOptions } from "./commands/topology";
import type { UpOptions } from "./commands/up";
import { embeddedCommand } from "./commands/embedded";
import { endWith, guardDefects, guardOutput } from "./terminal/ending/defect";
import { readNames, refuseEatenFlags } from "./terminal/options";
import { requireSameBackend } from "./stack/same-backend";
import type { TrafficOptions } from "./traffic/options";

/** Loads a command's modules when it runs, so that `npm run -s pulumi` need not wait for those of `up`. */
const load = {
  bench: () => require("./commands/bench") as typeof import("./commands/bench"),
  check: () => require("./commands/check") as typeof import("./commands/check"),
  docs: () => require("./commands/docs") as typeof import("./commands/docs"),
  down: () => require("./commands/down") as typeof import("./commands/down"),
  env: () => require("./commands/env") as typeof import("./commands/env"),
  hint: () => require("./commands/hint") as typeof import("./commands/hint"),
  istioctl: () => require("./commands/istioctl") as typeof import("./commands/istioctl"),
  lesson: () => require("./commands/lesson") as typeof import("./commands/lesson"),
  kubectl: () => require("./commands/kubectl") as typeof import("./commands/kubectl"),
  mutants: () => require("./commands/mutants") as typeof import("./commands/mutants"),
  open: () => require("./commands/open") as typeof import("./commands/open"),
  picture: () => require("./commands/picture") as typeof import("./commands/picture"),
  preflight: () => require("./commands/preflight") as typeof import("./commands/preflight"),
  pulumi: () => require("./commands/pulumi") as typeof import("./commands/pulumi"),
  repair: () => require("./commands/repair") as typeof import("./commands/repair"),
  raise: () => require("./commands/raise") as typeof import("./commands/raise"),
  start: () => require("./commands/start") as typeof import("./commands/start"),
  test: () => require("./commands/test") as typeof import("./commands/test"),
  topology: () => require("./commands/topology") as typeof import("./commands/topology"),
  traffic: () => require("./commands/traffic") as typeof import("./commands/traffic"),
  up: () => require("./commands/up") as typeof import("./commands/up"),
};

/** The commands in README. */
export const program = new Command("istio-lab")
  .description("One stack is one trainee's seat of an Istio course.")
  .showHelpAfterError()
  .enablePositionalOptions();

/** Help text of `--stack`. A command without the option prints in its first line which stack it took. */
const TAKEN = `the seat's stack; default: the one that Pulumi has selected, else ${DEFAULT_STACK}`;

program
  .command("up")
  .description("make the seat, or bring it up to date")
  .option("--stack <name>", TAKEN)
  .option("--backend-moved", "the stack was exported from its old Pulumi backend and imported into the present one")
  .option(
    "--heal",
    "first forget what the seat's cluster has lost, or everything if the cluster is gone; targets azure, minikube and existing",
  )
  .action((options: UpOptions) => load.up().up(options, bypassed));

program
  .command("down")
  .description("destroy the seat (pulumi destroy)")
  .option("--stack <name>", TAKEN)
  .option("--cluster-is-gone", "forget what was in a cluster that no longer exists, without asking it; target existing")
  .option("--with-foreign", "also delete what others have put into the seat's namespaces; target existing")
  .action((options: DownOptions) => load.down().down(options));

program
  .command("start")
  .description("start an Azure seat's VMs, which are shut down each evening")
  .option("--stack <name>", TAKEN)
  .action((options: { stack?: string }) => load.start().start(options));

program
  .command("preflight")
  .description("list what would stop a seat, before anything is made; `up` checks the same first")
  .option("--stack <name>", TAKEN)
  .option("--json", "print what was found as JSON")
  .option(
    "--release-lb <namespace/name>",
    "turn that Service into ClusterIP, which frees its address and node ports; its spec is kept",
  )
  .option("--restore-lb [namespace/name]", "restore a released Service, or all of them")
  .addHelpText("after", "\nThe exit code is 0 if no check refuses the seat.")
  .action((options: PreflightOptions) => load.preflight().preflight(options));

program
  .command("check")
  .description("check on the live seat that the lessons work as taught, and print what was seen")
  .option("--lesson <name...>", "only these lessons; default: all lessons of the stack")
  .option("--progress", "run no check: list the tasks of the lessons' pages, and which of them are done")
  .option("--json", "print the report as JSON; the progress goes to standard error")
  .option("--junit <file>", "write the report as JUnit XML as well")
  .option("--stack <name>", TAKEN)
  .addHelpText(
    "after",
    "\nThe exit code is 0 if a check passed and none failed. While checks run, the seat has two more pods, in the namespace istio-lab-check. With --progress, the exit code is 0 if every task could be asked.",
  )
  .action((options: CheckCommandOptions) => load.check().check(options));

program
  .command("hint")
  .description("help with the task that comes next, step by step; the last step is the solution")
  .argument("[name]", "a task, or a check that has hints; default: the next task")
  .option("--next", "show one more step")
  .option("--stack <name>", TAKEN)
  .action((name: string | undefined, options: HintOptions) => load.hint().hint(name, options));

program
  .command("repair")
  .description("restore the seat as it was made, after changes by hand; shows the plan first, and asks")
  .option("--lesson <name>", "only this lesson; default: the whole seat, with Istio itself")
  .option("--dry-run", "only show what would be restored, deleted and restarted")
  .option("--yes", "do not ask; claims, and what may belong to others, have flags of their own")
  .option("--take-added", "also delete what was added to a namespace that existed before the seat")
  .option("--leave-added", "delete nothing that was added")
  .option("--delete-claim <name...>", "delete these storage claims with their data; claims that are not named stay")
  .option("--stack <name>", TAKEN)
  .addHelpText("after", "\nThe exit code is 0 if the seat is as it was made.")
  .action((options: RepairOptions) => load.repair().repair(options));

program
  .command("traffic")
  .description("send steady requests through the gateway and show which versions answer; stops by itself")
  .option("--rate <number>", "requests a second, 1 to 1000", "10")
  .option("--duration <seconds>", "duration, 1 to 3600", "60")
  .option("--lesson <name>", "a lesson behind the gateway, such as bookinfo; default: the stack's first one")
  .option("--json", "print totals and figures for each second as JSON at the end; the progress goes to standard error")
  .option("--stack <name>", TAKEN)
  .addHelpText(
    "after",
    "\nCtrl-C ends it early, with the same totals. The exit code is 0 if every request was answered with status 200, else 1.",
  )
  .action((options: TrafficOptions) => load.traffic().traffic(options));

program
  .command("open")
  .description("forward a port of this machine to an addon and open it in the browser, until Ctrl-C")
  .argument("[addon]", "kiali, grafana, jaeger, zipkin or prometheus; default: all that are installed")
  .option("--stack <name>", TAKEN)
  .action((addon: string | undefined, options: OpenOptions) => load.open().open(addon, options));

program
  .command("topology")
  .description("draw the seat as it is: gateway, services, versions with weights, mTLS, policies, measured traffic")
  .option("--output <file>", "the file to write, .svg or .png", "topology.svg")
  .option("--narrow", "draw one column, for a phone")
  .option("--open", "open it in the browser")
  .option("--json", "print what the picture shows as JSON")
  .option("--stack <name>", TAKEN)
  .action((options: TopologyOptions) => load.topology().topology(options));

program
  .command("picture")
  .description("take a picture of Kiali's graph of the seat under traffic, in a real browser: Chromium or Chrome")
  .option("--output <file>", "the file to write, .png", "kiali.png")
  .option("--dark", "use Kiali's dark colours")
  .option("--chromium <file>", "the browser's program; default: the first in PATH")
  .option("--stack <name>", TAKEN)
  .action((options: PictureOptions) => load.picture().picture(options));

passThrough("pulumi", "run the Pulumi CLI, on the selected stack or its own --stack", (args) =>
  load.pulumi().pulumi(args),
);
passThrough(
  "kubectl",
  "run kubectl on the selected stack's seat; --stack NAME as its first argument takes another",
  (args, options) => load.kubectl().kubectl(args, options),
).option("--stack <name>", TAKEN);
passThrough(
  "istioctl",
  "run istioctl on the selected stack's seat; --stack NAME as its first argument takes another",
  (args, options) => load.istioctl().istioctl(args, options),
).option("--stack <name>", TAKEN);
program.addCommand(embeddedCommand());

program
  .command("env")
  .description('print the variables for a bare `npx pulumi`, `kubectl` and `istioctl`: eval "$(npm run -s env)"')
  .option("--stack <name>", `${TAKEN}; named, it is also the one of \`npx pulumi\`, by PULUMI_STACK`)
  .action((options: { stack?: string }) => load.env().env(options));

const lesson = program.command("lesson").description("make a lesson of one's own, or check its folder");
lesson
  .command("new")
  .description("write a small lesson that works, to begin from")
  .argument("<name>", "the lesson's name; the folder is ./lessons/NAME")
  .option("--stack <name>", TAKEN)
  .action((name: string, options: { stack?: string }) => load.lesson().newLesson(name, options));
lesson
  .command("check")
  .description("read a lesson's folder as `up` does, without any cluster")
  .argument("<folder>", "the folder in this project, such as ./lessons/payments")
  .action((folder: string) => load.lesson().checkLesson(folder));

program
  .command("docs")
  .description("write the config's tables from its schemas")
  .action(() => load.docs().docs());

program
  .command("raise")
  .description("update Go modules, samples, hashes and texts to the release of Istio in versions.ts")
  .action(() => load.raise().raise());

program
  .command("test")
  .description("build what the tests need and run them: lint, unit, engine and mesh")
  .argument("[tiers-and-filters...]", "lint, unit, engine, mesh, rehearsal, or vitest's own arguments")
  .allowUnknownOption()
  .action((args: string[]) => load.test().test(args));

program
  .command("mutants")
  .description("put single faults into the code that decides, and list those that no unit test sees (StrykerJS)")
  .argument("[paths...]", "files and folders to put them into; default: all code that decides")
  .option("--static", "include what is computed while a module loads, such as tables: some seconds for each fault")
  .option("--anew", "repeat what an earlier run has found out")
  .option("--sample <percent>", "only that percentage of the lines, the same ones each time, 1 to 100")
  .option("--break <percent>", "end with exit code 1 if the score is lower, 0 to 100")
  .addHelpText(
    "after",
    "\nWithout --break, the exit code is 0 for any score. A run takes minutes; a file or a folder takes one or two.",
  )
  .action((paths: string[], options: MutantsOptions) => load.mutants().mutants(paths, options));

program
  .command("bench")
  .description("measure times and memory beside a shell script and an empty program, and clean up afterwards")
  .argument("[rows...]", "zero, destroy, preview, up, weight, program, runner or embedded; default: all")
  .option("--rounds <number>", "how many times to measure each, 1 to 99", "3")
  .option("--checkout <folder...>", "other checkouts of this project to measure beside this one")
  .option("--json", "print the report as JSON; the progress goes to standard error")
  .addHelpText(
    "after",
    "\nIt needs what `npm test` needs, and takes half an hour. The exit code does not say which targets were met.",
  )
  .action((rows: string[], options: BenchOptions) => load.bench().bench(rows, options));

program.addCommand(classCommand());

readNames(program);
hideValues(program);
program.hook("preAction", (_, command) => beforeCommand(command.opts<UpOptions>()));

/** What `bypassProxy` changed. `up` says it, and the other commands leave their output to scripts. */
let bypassed: string | undefined;

/** Runs the command that was typed. */
export function run(): void {
  keepSecretsOf(process.env);
  bypassed = bypassProxy(process.env);
  [process.stdout, process.stderr].forEach(maskStream);
  guardOutput();
  guardDefects();
  (async () => {
    refuseEatenFlags(program);
    await program.parseAsync();
  })().catch(endWith);
}

/** Runs before each command: closes `.lab` to other users, and refuses a stack that another backend has. */
function beforeCommand({ stack, backendMoved }: UpOptions): void {
  narrowLab();
  if (stack !== undefined && !backendMoved) requireSameBackend(stack);
}

/** Removes the value of an unknown flag from the error message. */
function hideValues(command: Command): void {
  command.configureOutput({ outputError: (text, write) => write(text.replace(/'(-[\w-]+)=[^]*'/, "'$1=…'")) });
  command.commands.forEach(hideValues);
}

/** Adds a command that hands its words to another program. */
function passThrough(
  name: string,
  description: string,
  action: (args: string[], options: { stack?: string }) => Promise<void>,
): Command {
  return program
    .command(name)
    .description(description)
    .argument("[args...]")
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .action(action);
}
