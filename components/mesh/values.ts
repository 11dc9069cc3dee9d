import { isMap } from "../../base/values";
import type { Chart, IstioSettings, Values } from "../../config";
import { accessLog } from "./access-log";
import type { RoutesApi } from "./routes/renderers";
import { extensionProviders } from "./telemetry-providers";

/**
 * Helm values of the three charts: a whole mesh in a corner of a laptop (Istio's own defaults ask for 2 GB for istiod alone),
 * with the user's values laid over them.
 */
export function chartValues(istio: IstioSettings, api: RoutesApi): Record<Chart, Values> {
  // istiod turns an unset policy from Ignore to Fail by itself, which would then show as drift: it is Fail from the start, in both charts.
  const base = { validationFailurePolicy: "Fail" };
  return {
    base: overlay({ base }, istio.values.base),
    istiod: overlay({ base, ...control(istio), ...(api === "gateway-api" && startedAnew) }, istio.values.istiod),
    gateway: overlay(gateway, istio.values.gateway),
  };
}

function control({ hub, version }: IstioSettings): Values {
  return {
    global: {
      hub,
      tag: version,
      imagePullPolicy: "IfNotPresent",
      proxy: { resources: requests("10m", "48Mi") },
      // A budget for the only replica does nothing but block the draining of a node.
      defaultPodDisruptionBudget: { enabled: false },
    },
    meshConfig: { ...accessLog, extensionProviders },
    autoscaleEnabled: false,
    resources: requests("50m", "192Mi"),
  };
}

/**
 * Starts istiod once more when the Gateway API's kinds have come. One that has seen them go looks for each of them again by itself, but up to a minute
 * later: it would open the Gateway and not know its routes yet (404 for 5 s, measured).
 */
const startedAnew: Values = { podAnnotations: { "istio-lab/gateway-api": "true" } };

/** The gateway's pod, whoever makes it. */
export const gatewayPod = { resources: requests("10m", "64Mi"), terminationGracePeriodSeconds: 5 };

const gateway: Values = {
  // The Service is of entry-service.ts.
  service: { type: "None" },
  autoscaling: { enabled: false },
  // The image is "auto" until istiod's webhook names it, and "auto" counts as latest: without this it is pulled each time.
  imagePullPolicy: "IfNotPresent",
  ...gatewayPod,
};

function requests(cpu: string, memory: string): Values {
  return { requests: { cpu, memory } };
}

/** `over` laid over `under`: maps are merged, anything else is replaced. */
export function overlay(under: Values, over: Values = {}): Values {
  const merged = Object.entries(over).map(([key, value]) => {
    const below = Object.hasOwn(under, key) ? under[key] : undefined;
    return [key, isMap(value) && isMap(below) ? overlay(below, value) : value];
  });
  return { ...under, ...(Object.fromEntries(merged) as object) };
}
