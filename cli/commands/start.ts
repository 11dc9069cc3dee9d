import { onStack } from "../../base/advice";
import { NO_ROOM, otherSizes } from "../../components/cluster/azure/size";
import { az, AzError, type Az } from "../targets/azure/az";
import { machinesOf, type OwnMachine } from "../targets/azure/machines";
import { elapsed } from "../../base/elapsed";
import { UserError } from "../../base/errors";
import { saying } from "../terminal/say";
import { exportStack, targetOf } from "../stack/stack";
import { takenStack } from "../stack/taken";
import { openWorkspace } from "../stack/workspace";

/** `npm run start`: starts the VMs of an Azure seat that the daily shutdown has stopped. Name and addresses stay, and k3s comes up by itself. */
export async function start(options: { stack?: string }): Promise<void> {
  const started = Date.now();
  const workspace = openWorkspace();
  const stack = await takenStack(options.stack, { to: "use", say: saying(process.stdout) });
  const target = targetOf(stack);
  if (target !== "azure") throw new UserError(`Stack ${stack} is of target ${target}, and only VMs of azure are shut down. \`${onStack(stack, "npm run up")}\` starts what is stopped elsewhere.`);
  const machines = machinesOf(await exportStack(workspace, stack));
  process.stdout.write(`${await startMachines(stack, machines, az)} ${elapsed(started)}.\n`);
}

/** @throws {UserError} */
export async function startMachines(stack: string, machines: readonly OwnMachine[], azure: Az): Promise<string> {
  if (machines.length === 0) throw new UserError(`Stack ${stack} has no VM yet. Make the seat with \`${onStack(stack, "npm run up")}\`.`);
  const ids = machines.map(({ id }) => id);
  try {
    await azure.ask(["vm", "start", "--ids", ...ids]);
  } catch (error) {
    if (!(error instanceof AzError)) throw error;
    const todo = { cli: "Install it, or start the VMs in the portal.", login: "Log in: az login.", answer: NO_ROOM.test(error.message) ? noRoom(stack) : "" }[error.missing];
    throw new UserError(`The VMs of stack ${stack} were not started: ${error.message}. ${todo}`.trim());
  }
  return `${ids.length === 1 ? "1 VM" : `${ids.length} VMs`} of stack ${stack} started in`;
}

/** A VM that is shut down has no claim to its place: https://learn.microsoft.com/troubleshoot/azure/virtual-machines/allocation-failure */
function noRoom(stack: string): string {
  return `Azure has no room for it now: try again later, or with another azure.vmSize, such as ${otherSizes.slice(0, 3).join(", ")}, which \`${onStack(stack, "npm run up")}\` changes in place.`;
}
