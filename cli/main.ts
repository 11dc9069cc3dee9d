import { Command } from "commander";
import { reportAndExit } from "./errors";

/** The commands of README. Each is loaded when it is run, by `require`: `npm run -s pulumi` must not wait for what `up` needs. */
const program = new Command("istio-lab").description("One stack is one trainee's seat of an Istio course.").showHelpAfterError().enablePositionalOptions();

program
  .command("up")
  .description("make the seat, or bring it up to date")
  .option("--stack <name>", "the seat's stack", undefined)
  .action((options: { stack?: string }) => (require("./commands/up") as typeof import("./commands/up")).up(options));

program
  .command("down")
  .description("take the seat away (pulumi destroy)")
  .option("--stack <name>", "the seat's stack; the selected one if not given", undefined)
  .action((options: { stack?: string }) => (require("./commands/down") as typeof import("./commands/down")).down(options));

passThrough("pulumi", "the Pulumi CLI on the selected stack", (args) => (require("./commands/pulumi") as typeof import("./commands/pulumi")).pulumi(args));
passThrough("kubectl", "kubectl on the selected stack's seat", (args) => (require("./commands/kubectl") as typeof import("./commands/kubectl")).kubectl(args));
passThrough("embedded", "the seats of this machine: build, start, stop, status, list, shell, delete", (args) =>
  (require("../embedded/cli") as typeof import("../embedded/cli")).embedded(args),
);

program
  .command("env")
  .description("print what makes a bare `npx pulumi` and `kubectl` work: eval \"$(npm run -s env)\"")
  .action(() => (require("./commands/env") as typeof import("./commands/env")).env());

program
  .command("test")
  .description("build what the tests need and run them: unit, engine and mesh")
  .argument("[tiers-and-filters...]", "unit, engine, mesh, or vitest's own arguments")
  .allowUnknownOption()
  .action((args: string[]) => (require("./commands/test") as typeof import("./commands/test")).test(args));

function passThrough(name: string, description: string, action: (args: string[]) => Promise<void>) {
  program
    .command(name)
    .description(description)
    .argument("[args...]")
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .action(action);
}

program.parseAsync().catch(reportAndExit);
