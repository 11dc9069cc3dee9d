import type { AzureSettings } from "../../../components/cluster/azure/settings";
import { LEAST_CORES, otherSizes } from "../../../components/cluster/azure/size";
import type { Finding } from "../../preflight/finding";

/** A VM size as `az vm list-skus` prints it. */
export interface Sku {
  readonly name: string;
  /** Name of the quota that the size counts towards. */
  readonly family: string;
  readonly capabilities?: readonly { readonly name: string; readonly value: string }[];
  readonly restrictions?: readonly { readonly type: string; readonly reasonCode: string }[];
}

const LEAST_MEMORY_GB = 8;

export function capability(sku: Sku, name: string): string | undefined {
  return sku.capabilities?.find((one) => one.name === name)?.value;
}

/** Whether the region offers the size to this subscription, and whether a seat can run on it. */
export function sizeFinding(
  { vmSize, location, spot }: Pick<AzureSettings, "vmSize" | "location" | "spot">,
  sku: Sku | undefined,
): Finding {
  const name = "VM size";
  const others = `${otherSizes.filter((size) => size !== vmSize).join(", ")}; all: az vm list-skus --location ${location} --resource-type virtualMachines --query "[?!restrictions].name"`;
  if (sku === undefined)
    return {
      name,
      status: "refused",
      seen: `${vmSize} is not available in region ${location}`,
      todo: `choose another azure.vmSize or azure.location: ${others}`,
    };
  const closed = sku.restrictions?.find(({ type }) => type === "Location");
  if (closed !== undefined)
    return {
      name,
      status: "refused",
      seen: `${vmSize} in ${location} is closed to this subscription: ${closed.reasonCode}`,
      todo: `choose another: ${others}`,
    };
  const [cores, memory] = [Number(capability(sku, "vCPUs")), Number(capability(sku, "MemoryGB"))];
  const lacks = [
    ...(cores < LEAST_CORES ? [`${cores} vCPUs, and a seat needs ${LEAST_CORES}`] : []),
    ...(memory < LEAST_MEMORY_GB ? [`${memory} GB of memory, and a seat needs ${LEAST_MEMORY_GB}`] : []),
    ...(!capability(sku, "HyperVGenerations")?.includes("V2") ? ["no generation 2, which trusted launch needs"] : []),
    ...(capability(sku, "TrustedLaunchDisabled") === "True" ? ["no trusted launch"] : []),
    ...((capability(sku, "CpuArchitectureType") ?? "x64") !== "x64" ? ["no x86-64 processor"] : []),
    ...(spot && capability(sku, "LowPriorityCapable") === "False" ? ["no spot VMs"] : []),
  ];
  if (lacks.length > 0)
    return {
      name,
      status: "refused",
      seen: `${vmSize} has ${lacks.join("; ")}`,
      todo: `choose another azure.vmSize: ${others}`,
    };
  return { name, status: "ok", seen: `${vmSize} in ${location}: ${cores} vCPUs, ${memory} GB` };
}
