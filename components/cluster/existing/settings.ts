import type { z } from "zod";
import { onStack } from "../../../base/advice";
import { choice, isNot, map, text, type Immutable } from "../../config-schema";
import type { ConfigValue } from "../../config-value";

/** The valid settings of `existing`, with defaults filled in. */
export type ExistingSettings = Immutable<z.infer<typeof existing>>;

/**
 * The schema of `istio-lab:existing`. No message shows a value of it: a kubeconfig holds keys, and it lands at the
 * wrong key when `--path` is forgotten.
 */
export const existing = map({
  kubeconfig: text(/\S/, "the path of a kubeconfig file, or the file's text")
    .optional()
    .describe("A kubeconfig: the path of its file (`~/` allowed), or its text set with `--secret`.")
    .meta({ otherwise: "`$KUBECONFIG`, else `~/.kube/config`" }),
  context: text(/^\S(.*\S)?$/, "the name of a context of the kubeconfig")
    .optional()
    .describe("The context that is used.")
    .meta({ otherwise: "the kubeconfig's current one" }),
  serviceType: choice("type of the gateway's Service", ["NodePort", "LoadBalancer"])
    .default("NodePort")
    .describe(
      "Type of the Service before the gateway. NodePort is reached at a node's address, LoadBalancer at the address that the cluster gives it.",
    ),
})
  .meta({ concealed: true, says: (at) => isNot(validMap(at)) })
  .prefault({})
  .describe("For target existing: which cluster, and how the gateway is reached there.");

/** Handles a plain text in place of the map: a kubeconfig that was set without its path, or a context's name. */
function validMap({ value, stack = "NAME" }: Pick<ConfigValue, "value" | "stack">): string {
  if (typeof value !== "string") return "a map";
  return (
    "a map with any of kubeconfig, context, serviceType. The text of a kubeconfig file is set at its path, from the file: " +
    onStack(stack, `npm run -s pulumi -- config set --secret --path istio-lab:existing.kubeconfig < KUBECONFIG`)
  );
}
