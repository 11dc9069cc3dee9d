import type { z } from "zod";
import { onStack } from "../../../base/advice";
import { choice, isNot, map, text, type Immutable } from "../../config-schema";
import type { ConfigValue } from "../../config-value";

/** What `existing` of the config says, complete and valid. */
export type ExistingSettings = Immutable<z.infer<typeof existing>>;

/** `istio-lab:existing`. A kubeconfig holds keys, and lands at a wrong place when `--path` is forgotten: no message shows any value of it. */
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

/** A whole text is a kubeconfig whose path was forgotten, or a context's name. */
function validMap({ value, stack = "NAME" }: Pick<ConfigValue, "value" | "stack">): string {
  if (typeof value !== "string") return "a map";
  return (
    "a map with any of kubeconfig, context, serviceType. The text of a kubeconfig file is set at its path, from the file: " +
    onStack(stack, `npm run -s pulumi -- config set --secret --path istio-lab:existing.kubeconfig < KUBECONFIG`)
  );
}
