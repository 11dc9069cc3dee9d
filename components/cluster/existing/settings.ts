import { onStack } from "../../../base/advice";
import { withoutUnset, type Given } from "../../given";

/** What `existing` of the config says, complete and valid. */
export interface ExistingSettings {
  /**
   * Path of a kubeconfig file, `~/` allowed, or the file's text.
   * @default $KUBECONFIG, else ~/.kube/config
   */
  readonly kubeconfig?: string;
  /** @default the kubeconfig's current one */
  readonly context?: string;
  /**
   * Type of the Service before the gateway. With NodePort it is reached at a node's address, with LoadBalancer at the address that the cluster gives it.
   * @default NodePort
   */
  readonly serviceType: "NodePort" | "LoadBalancer";
}

/** Reads `existing`. A kubeconfig holds keys, and lands at a wrong place when `--path` is forgotten: no message shows any value of it. */
export function readExisting(given: Given, stack = "NAME"): ExistingSettings {
  const { kubeconfig, context, serviceType } = given.concealed.fields(["kubeconfig", "context", "serviceType"], mapOf(given.value, stack));
  return withoutUnset({
    kubeconfig: kubeconfig.text(/\S/, "the path of a kubeconfig file, or the file's text"),
    context: context.text(/^\S(.*\S)?$/, "the name of a context of the kubeconfig"),
    serviceType: serviceType.choice("type of the gateway's Service", ["NodePort", "LoadBalancer"]) ?? "NodePort",
  });
}

/** What is valid. A whole text is a kubeconfig whose path was forgotten, or a context's name. */
function mapOf(value: unknown, stack: string): string {
  if (typeof value !== "string") return "a map";
  return (
    "a map with any of kubeconfig, context, serviceType. The text of a kubeconfig file is set at its path, from the file: " +
    onStack(stack, `npm run -s pulumi -- config set --secret --path istio-lab:existing.kubeconfig < KUBECONFIG`)
  );
}
