/** Where istiod lives, and the addons. An object of Istio's without a selector holds for the whole mesh here. */
export const systemNamespace = "istio-system";
