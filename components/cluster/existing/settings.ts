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

/** Reads `existing`. The kubeconfig may hold keys: no message shows it. */
export function readExisting(given: Given): ExistingSettings {
  const { kubeconfig, context, serviceType } = given.fields(["kubeconfig", "context", "serviceType"], "a map");
  return withoutUnset({
    kubeconfig: kubeconfig.concealed.text(/\S/, "the path of a kubeconfig file, or the file's text"),
    context: context.text(/^\S(.*\S)?$/, "the name of a context of the kubeconfig"),
    serviceType: serviceType.choice("type of the gateway's Service", ["NodePort", "LoadBalancer"]) ?? "NodePort",
  });
}
