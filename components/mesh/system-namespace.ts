/** Namespace of istiod and the addons. Here, an Istio object without a selector applies to the whole mesh. */
export const systemNamespace = "istio-system";
