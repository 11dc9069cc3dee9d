import { withoutUnset, type Given } from "../../given";
import { seatRangeProblem } from "./seat-range";

export interface EmbeddedSettings {
  /** Between this machine and the seat. @default the lowest free one */
  readonly addressRange?: string;
  /** Type of the gateway's Service. With ClusterIP it is reached by `kubectl port-forward`, at localhost. */
  readonly serviceType: "NodePort" | "ClusterIP";
}

export const serviceTypes: readonly EmbeddedSettings["serviceType"][] = ["NodePort", "ClusterIP"];

/** Reads `istio-lab:embedded`. */
export function readEmbedded(given: Given): EmbeddedSettings {
  const { addressRange, serviceType } = given.fields(["addressRange", "serviceType"], "a map");
  return withoutUnset({ addressRange: readRange(addressRange), serviceType: serviceType.choice("type of the gateway's Service", serviceTypes) ?? "NodePort" });
}

function readRange(given: Given): string | undefined {
  const problem = given.isSet ? seatRangeProblem(given.value) : undefined;
  return problem === undefined ? (given.value as string | undefined) : given.refuse((shown) => `${shown} ${problem}`);
}
