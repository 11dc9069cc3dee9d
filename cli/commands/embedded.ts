import { Command, Option } from "commander";
import { DEFAULT_STACK, readSeatName } from "../../base/names";
import { nameOption } from "../terminal/options";

/**
 * `npm run embedded -- VERB [--seat NAME]`: the machine-local cluster without Pulumi. The verbs' code is loaded when
 * one is run.
 */
export function embeddedCommand(): Command {
  const all = new Command("embedded")
    .description("manage the seats of this machine: build, start, stop, status, list, shell, delete")
    .showHelpAfterError();
  const does = () => require("../targets/embedded/seats") as typeof import("../targets/embedded/seats");
  const taken = () => require("../stack/taken") as typeof import("../stack/taken");
  all
    .command("build")
    .description("build and install everything that a seat needs")
    .action(() => does().build());
  all
    .command("list")
    .description("list the seats of this checkout")
    .action(() => does().list());
  onSeat("start", "start a stopped seat; make an empty one if there is none", (seat) => does().start(seat));
  onSeat("stop", "stop a seat and keep its data", (seat) => does().stop(seat));
  onSeat("status", "show a seat's services: up or down, process, time, memory", (seat) => does().status(seat));
  onSeat("delete", "delete a seat with its data", (seat) => does().remove(seat));
  onSeat("shell", "open a shell inside a seat, or run the command after `--`", (seat, command) =>
    does().shell(seat, command),
  ).argument("[command...]");
  return all;

  function onSeat(
    name: string,
    description: string,
    action: (seat: string, command: string[]) => Promise<void>,
  ): Command {
    const seat = nameOption(
      new Option("--seat <name>", `the seat's name; default: that of the selected stack, else ${DEFAULT_STACK}`),
      readSeatName,
    );
    return all
      .command(name)
      .description(description)
      .addOption(seat)
      .action((...given: unknown[]) => {
        const command = given.at(-1) as Command;
        const { seat: named } = command.opts<{ seat?: string }>();
        // With `shell`, both outputs belong to the program inside the seat.
        return action(
          taken().takenSeat(
            named,
            name === "shell" ? () => undefined : (line) => void process.stdout.write(`${line}\n`),
          ),
          command.args,
        );
      });
  }
}
