import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { Command } from "commander";
import { runSteps } from "../cli/progress";
import { embeddedStages } from "../cli/steps";
import { enter } from "./node/enter";
import { SeatError } from "./node/errors";
import { layout } from "./node/layout";
import { isAlive } from "./node/processes";
import { readRecord } from "./node/record";
import { createSeat, deleteSeat, startSeat, stopSeat } from "./node/seat";
import { printSeats, printStatus } from "./node/status-table";
import { labRoot, seatFolder } from "./paths";
import type { Report } from "./step";

/** `npm run embedded -- VERB [--seat NAME]`: the machine-local cluster by itself, without Pulumi. */
export async function embedded(args: string[]): Promise<void> {
  const program = new Command("embedded").description("The seat on this machine: a Kubernetes node in namespaces of its own.").showHelpAfterError();
  program.command("build").description("build and install what a seat is made of").action(() => runSteps(embeddedStages()));
  program.command("list").description("the seats of this checkout").action(() => printSeats(seatNames()));
  onSeat("start", "start a seat that is stopped; where there is none, make an empty one", start);
  onSeat("stop", "stop a seat, keep its data", (seat) => stopSeat(seatFolder(seat), print));
  onSeat("status", "a seat's services: up or down, process, time, memory", (seat) => printStatus(seat));
  onSeat("delete", "take a seat away with its data", (seat) => deleteSeat(seatFolder(seat), print));
  onSeat("shell", "a shell inside a seat, or a command after `--`", shell).argument("[command...]");
  await program.parseAsync(args, { from: "user" });

  function onSeat(name: string, description: string, action: (seat: string, command: string[]) => Promise<void>): Command {
    return program
      .command(name)
      .description(description)
      .option("--seat <name>", "the seat's name", "embedded")
      .action((...given: unknown[]) => {
        const command = given.at(-1) as Command;
        return action((command.opts() as { seat: string }).seat, command.args);
      });
  }
}

async function start(seat: string): Promise<void> {
  const folder = seatFolder(seat);
  const known = readRecord(layout(folder).record)?.made;
  const { address, kubeconfig } = known ? await startSeat(folder, print) : await createSeat({ name: seat, folder, generation: randomUUID() }, print);
  process.stdout.write(`The seat "${seat}" runs at ${address}. export KUBECONFIG=${kubeconfig}\n`);
}

/** Inside, the seat's processes, mounts and network are to be seen; `kubectl` and `ctr` work. */
async function shell(seat: string, command: string[]): Promise<void> {
  const at = layout(seatFolder(seat));
  const init = readRecord(at.record)?.init;
  if (!init || !isAlive(init)) throw new SeatError(`The seat "${seat}" does not run. \`npm run embedded -- start --seat ${seat}\` starts it.`);
  const env = {
    TERM: process.env.TERM ?? "dumb",
    HOME: "/",
    LANG: "C.UTF-8",
    PATH: `${at.bin}:/usr/sbin:/usr/bin:/sbin:/bin`,
    KUBECONFIG: at.kubeconfig,
    CONTAINERD_NAMESPACE: "k8s.io",
    PS1: `${seat}# `,
  };
  const child = spawn("nsenter", [...enter(init), "--", ...(command.length > 0 ? command : ["/bin/sh", "-i"])], { stdio: "inherit", env });
  process.exitCode = await new Promise<number>((resolve, reject) => child.once("error", reject).once("close", (code) => resolve(code ?? 1)));
}

function seatNames(): string[] {
  const folder = path.join(labRoot(), "seats");
  return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
}

const print: Report = (done, total, note) => void process.stdout.write(`${total > 0 ? `[${done}/${total}] ` : ""}${note ?? ""}\n`);
