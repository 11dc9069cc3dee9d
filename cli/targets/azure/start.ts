import { onStack } from "../../../base/advice";
import { UserError } from "../../../base/errors";
import { NO_ROOM, otherSizes } from "../../../components/cluster/azure/size";
import type { Deployment } from "../../stack/stack";
import { az, AzError, type Az } from "./az";
import { machinesOf, type OwnMachine } from "./machines";

/**
 * Starts the VMs that the daily shutdown has stopped. Their name and addresses stay, and k3s starts by itself.
 * @throws UserError
 */
export async function start(stack: string, state: Deployment): Promise<string> {
  return startMachines(stack, machinesOf(state), az);
}

/** @throws UserError */
export async function startMachines(stack: string, machines: readonly OwnMachine[], azure: Az): Promise<string> {
  if (machines.length === 0)
    throw new UserError(`Stack ${stack} has no VM yet. Make the seat with \`${onStack(stack, "npm run up")}\`.`);
  const ids = machines.map(({ id }) => id);
  try {
    await azure.ask(["vm", "start", "--ids", ...ids]);
  } catch (error) {
    if (!(error instanceof AzError)) throw error;
    const todo = {
      cli: "Install it, or start the VMs in the portal.",
      login: "Log in: az login.",
      answer: NO_ROOM.test(error.message) ? noRoom(stack) : "",
    }[error.missing];
    throw new UserError(`The VMs of stack ${stack} were not started: ${error.message}. ${todo}`.trim());
  }
  return `${ids.length === 1 ? "1 VM" : `${ids.length} VMs`} of stack ${stack} started in`;
}

/**
 * Azure reserves no capacity for a VM that is shut down:
 * https://learn.microsoft.com/troubleshoot/azure/virtual-machines/allocation-failure
 */
function noRoom(stack: string): string {
  return `Azure has no room for it now. Try again later, or set another azure.vmSize, such as ${otherSizes.slice(0, 3).join(", ")}: \`${onStack(stack, "npm run up")}\` changes it in place.`;
}
