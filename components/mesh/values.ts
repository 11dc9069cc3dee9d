import { isMap } from "../../base/values";
import type { Chart, IstioSettings, Values } from "../../config";
import { accessLog } from "./access-log";
import type { RoutesApi } from "./routes/renderers";
import { extensionProviders } from "./telemetry-providers";

/**
 * Returns the Helm values of the three charts, with the user's values laid over them. They fit a whole mesh onto a
 * laptop: Istio's own defaults ask for 2 GB for istiod alone.
 */
export function chartValues(istio: IstioSettings, api: RoutesApi): Record<Chart, Values> {
  // istiod itself changes an unset policy from Ignore to Fail, which would show as drift. So both charts set it to
  // Fail from the start.
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
      // A disruption budget for the only replica would just block the draining of a node.
      defaultPodDisruptionBudget: { enabled: false },
    },
    meshConfig: { ...accessLog, extensionProviders },
    autoscaleEnabled: false,
    resources: requests("50m", "192Mi"),
  };
}

/**
 * Restarts istiod when the Gateway API's CRDs have been installed. An istiod that has seen them go finds them again
 * by itself, but up to a minute later. It would open the Gateway without knowing its routes (404 for 5 s, measured).
 */
const startedAnew: Values = { podAnnotations: { "istio-lab/gateway-api": "true" } };

/** Settings of the gateway's pod, whether Helm or istiod creates it. */
export const gatewayPod = { resources: requests("10m", "64Mi"), terminationGracePeriodSeconds: 5 };

const gateway: Values = {
  // entry-service.ts creates the Service.
  service: { type: "None" },
  autoscaling: { enabled: false },
  // The image is "auto" until istiod's webhook sets it, and "auto" counts as latest. Without this, it would be pulled
  // each time.
  imagePullPolicy: "IfNotPresent",
  ...gatewayPod,
};

function requests(cpu: string, memory: string): Values {
  return { requests: { cpu, memory } };
}

/** Lays `over` over `under`: maps are merged, anything else is replaced. */
export function overlay(under: Values, over: Values = {}): Values {
  const merged = Object.entries(over).map(([key, value]) => {
    const below = Object.hasOwn(under, key) ? under[key] : undefined;
    return [key, isMap(value) && isMap(below) ? overlay(below, value) : value];
  });
  return { ...under, ...(Object.fromEntries(merged) as object) };
}
