import * as pulumi from "@pulumi/pulumi";

/** Number of the attempt that a run command's body is to have, by the name of its resource. */
export type Attempts = (name: string) => number;

/** Parameter that makes the body of a further attempt another one. The first attempt has none: a seat that came up at once never shows a change. */
export const ATTEMPT = "ATTEMPT";

/** What the stack's state says of a resource. */
interface Remembered {
  readonly type?: string;
  readonly outputs?: {
    readonly provisioningState?: string;
    readonly parameters?: readonly { readonly name: string; readonly value: string }[];
  };
}

const RUN_COMMAND = "azure-native:compute:VirtualMachineRunCommandByVirtualMachine";

/**
 * One more than the last attempt where that one failed. Azure's handler runs a body once: of a second PUT with the same body it says "the script
 * configuration has already been processed, will not run again" (checkAndSaveSeqNum in https://github.com/Azure/run-command-handler-linux). Azure gives
 * back state and open parameters of a run command, also of a failed one, and azure-native keeps them with the error. A refresh drops the error alone.
 * @param resources the state, by URN
 */
export function attemptOf(resources: Readonly<Record<string, Remembered>>, name: string): number {
  const [, last] =
    Object.entries(resources).find(([urn, { type }]) => type === RUN_COMMAND && urn.endsWith(`::${name}`)) ?? [];
  if (last === undefined) return 1;
  const number = Number(last.outputs?.parameters?.find((one) => one.name === ATTEMPT)?.value ?? 1);
  return last.outputs?.provisioningState === "Succeeded" ? number : number + 1;
}

/**
 * Reads the stack's own state, as a stack reference reads another's, so that plain `pulumi up` knows the last attempt as well.
 * @param first known once the state has it: the engine cannot read the state of a stack that has none
 */
export function attemptsOf(first: pulumi.Output<unknown>, resource: pulumi.Resource): pulumi.Output<Attempts> {
  return first.apply(async () => {
    const resources = await ownState().catch((error: Error) => {
      void pulumi.log.info(
        `The stack's state cannot be read (${error.message}): a run command that failed may not run again.`,
        resource,
      );
      return {};
    });
    return (name: string) => attemptOf(resources, name);
  });
}

async function ownState(): Promise<Readonly<Record<string, Remembered>>> {
  const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
  return outputs ?? {};
}
