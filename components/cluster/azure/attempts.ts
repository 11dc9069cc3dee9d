import * as pulumi from "@pulumi/pulumi";

/** Returns the number of the next attempt for a run command, by the name of its resource. */
export type Attempts = (name: string) => number;

/**
 * Parameter that changes the body of every further attempt. The first attempt has none, so a seat that came up at
 * once never shows a change.
 */
export const ATTEMPT = "ATTEMPT";

/** What the stack's state stores about a resource. */
interface Remembered {
  readonly type?: string;
  readonly outputs?: {
    readonly provisioningState?: string;
    readonly parameters?: readonly { readonly name: string; readonly value: string }[];
  };
}

const RUN_COMMAND = "azure-native:compute:VirtualMachineRunCommandByVirtualMachine";

/**
 * Returns the last attempt's number, plus one where that attempt failed. Azure's handler runs a body only once. After
 * a second PUT with the same body it says "the script configuration has already been processed, will not run again"
 * (checkAndSaveSeqNum in https://github.com/Azure/run-command-handler-linux). Azure returns the state and the open
 * parameters even of a failed run command, and azure-native stores them with the error. A refresh drops only the
 * error.
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
 * Reads the stack's own state like a stack reference, so that plain `pulumi up` knows the last attempt as well.
 * @param first an output that is known once the stack has a state: the engine cannot read one that does not exist yet
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
