import { type Engine, repairSeat, type RepairWish, type Plan } from "../repair";
import { readyForUp } from "../stack/ready";
import { stackOf } from "./engine";
import type { Class } from "./model";
import { operation } from "./run/operation";
import type { SeatLine } from "./run/over-seats";

/** Repairs one seat of a class: the board shows what it does, and the seat's log gets it. */
export async function repairOf(
  { workspace }: Pick<Class, "workspace">,
  wish: RepairWish,
  plan: Plan,
  line: SeatLine,
  signal: AbortSignal,
): Promise<void> {
  await repairSeat(wish, plan, engineOf(workspace, wish.seat.stack, line), said(line), signal);
}

function engineOf(workspace: Class["workspace"], seat: string, line: SeatLine): Engine {
  let env = workspace.env;
  const open = () => stackOf({ ...workspace, env }, seat);
  return {
    ready: async () => void (env = await readyForUp(workspace, seat, said(line))),
    refresh: async (target, signal) => {
      const stack = await open();
      await operation(line, signal, (operating) => stack.refresh({ ...operating, target: [...target] }));
    },
    up: async (target, signal) => {
      const stack = await open();
      await operation(line, signal, (operating) => stack.up({ ...operating, target: [...target] }));
    },
  };
}

function said(line: SeatLine): (text: string) => void {
  return (text) => {
    line.doing(text.replace(/\.$/, ""));
    line.log(`${text}\n`);
  };
}
