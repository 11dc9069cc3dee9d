import type { Deployment } from "../../stack/stack";

/** A VM that the stack's state knows. */
export interface OwnMachine {
  readonly id: string;
  readonly vmSize: string;
}

export function machinesOf({ resources }: Pick<Deployment, "resources">): OwnMachine[] {
  return resources
    .filter(({ type, id }) => type === "azure-native:compute:VirtualMachine" && id !== undefined)
    .map(({ id, inputs }) => ({
      id: id!,
      vmSize: (inputs?.hardwareProfile as { vmSize?: string } | undefined)?.vmSize ?? "",
    }));
}
