import * as compute from "@pulumi/azure-native/compute";
import * as devtestlab from "@pulumi/azure-native/devtestlab";
import * as pulumi from "@pulumi/pulumi";
import { ATTEMPT, type Attempts } from "./attempts";
import { type Keepers, machineInputs, script } from "./machine";
import type { AzurePlace } from "./network";
import type { AutoShutdown } from "./settings";
import { windowsZone } from "./zones";

type Text = pulumi.Input<string>;

interface NodeArgs {
  readonly keepers: Keepers;
  /** Suffix of the VM's name, so that VMs of different generations never share a name. */
  readonly generation: pulumi.Output<string>;
  readonly nic: Text;
  readonly vmSize: string;
  /** Public key for the login, used where the keepers have none. */
  readonly sshKey: Text;
  readonly autoShutdown: AutoShutdown | false;
  readonly command: ReadyCommand;
  /** Returns the number of the next attempt for each node's run command. */
  readonly attempts: pulumi.Output<Attempts>;
}

/** The run command that turns a booted VM into a node. */
export interface ReadyCommand {
  readonly script: ReadyScript;
  readonly parameters: Readonly<Record<string, Text>>;
  /** Secrets. Azure transfers them encrypted and never shows them. */
  readonly protected: Readonly<Record<string, pulumi.Output<string>>>;
}

/**
 * Creates a VM and its run command, which ends when the node is ready. Resources that depend on the command wait for
 * that.
 */
export function makeNode(name: string, place: AzurePlace, args: NodeArgs, opts: pulumi.CustomResourceOptions) {
  const short = name.slice(name.indexOf("-") + 1);
  const vmName = pulumi.interpolate`${short}-${args.generation}`;
  const node = { name: vmName, nic: args.nic, vmSize: args.vmSize, sshKey: args.sshKey };
  const machine = new compute.VirtualMachine(
    name,
    { ...machineInputs(args.keepers, node), resourceGroupName: place.resourceGroupName, tags: place.tags },
    // Only one VM at a time can have the interface and its address.
    { ...opts, deleteBeforeReplace: true },
  );
  const ready = makeReady(`${name}-ready`, place, machine, vmName, args, opts);
  if (args.autoShutdown !== false) makeShutdown(name, place, machine, vmName, args.autoShutdown, opts);
  return { machine, ready };
}

function makeReady(
  name: string,
  place: AzurePlace,
  machine: compute.VirtualMachine,
  vmName: Text,
  { command, attempts }: NodeArgs,
  opts: pulumi.CustomResourceOptions,
) {
  const attempt = attempts
    .apply((of) => of(name))
    .apply((number) => (number === 1 ? [] : [{ name: ATTEMPT, value: `${number}` }]));
  const list = (of: Readonly<Record<string, Text>>) => Object.entries(of).map(([key, value]) => ({ name: key, value }));
  const { resourceGroupName, location } = place;
  return new compute.VirtualMachineRunCommandByVirtualMachine(
    name,
    {
      // Tags are left out, because Azure runs a run command again after any change.
      resourceGroupName,
      location,
      vmName,
      runCommandName: "ready",
      source: { script: readyScript(command.script) },
      parameters: pulumi.all([list(command.parameters), attempt]).apply(([own, further]) => [...own, ...further]),
      protectedParameters: list(
        Object.fromEntries(Object.entries(command.protected).map(([key, value]) => [key, pulumi.secret(value)])),
      ),
      timeoutInSeconds: 900,
      asyncExecution: false,
      treatFailureAsDeploymentFailure: true,
    },
    // It is deleted with the machine and not with the group. A VM that is shut down cannot delete its run command, so
    // it could not be replaced.
    { ...opts, dependsOn: machine, deletedWith: machine, customTimeouts: { create: "25m", update: "25m" } },
  );
}

/**
 * Creates the daily shutdown. Azure finds it by exactly this name. @see
 * https://learn.microsoft.com/azure/templates/microsoft.devtestlab/schedules
 */
function makeShutdown(
  name: string,
  place: AzurePlace,
  machine: compute.VirtualMachine,
  vmName: Text,
  { time, timezone }: AutoShutdown,
  opts: pulumi.CustomResourceOptions,
) {
  return new devtestlab.GlobalSchedule(
    `${name}-shutdown`,
    {
      ...place,
      name: pulumi.interpolate`shutdown-computevm-${vmName}`,
      status: "Enabled",
      taskType: "ComputeVmShutdownTask",
      dailyRecurrence: { time: time.replace(":", "") },
      timeZoneId: windowsZone(timezone)!,
      targetResourceId: machine.id,
      notificationSettings: { status: "Disabled", timeInMinutes: 30 },
    },
    opts,
  );
}

/** The file under scripts/ that comes last in a node's run command. */
type ReadyScript = "server.sh" | "agent.sh";

/**
 * Returns the text of a node's run command. It contains the wall's files, which user data could not deliver to a
 * running VM: Azure gives user data to new VMs only.
 */
function readyScript(name: ReadyScript): string {
  return [
    script("common.sh"),
    printer("wall_script", script("wall.sh")),
    printer("wall_conf", script("wall.conf")),
    script(name),
  ].join("\n");
}

/** Returns a shell function that prints the text. */
function printer(name: string, text: string): string {
  const end = "END_OF_FILE";
  if (text.split("\n").includes(end)) throw new Error(`the text of ${name} holds its own end, ${end}`);
  return `${name}() {\n  cat << '${end}'\n${text}${end}\n}\n`;
}
