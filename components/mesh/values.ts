import type { Chart, IstioSettings, Values } from "../../config";
import type { Ingress } from "../cluster/cluster";

/**
 * Helm values of the three charts: a whole mesh in a corner of a laptop (Istio's own defaults ask for 2 GB for istiod alone),
 * with the user's values laid over them.
 */
export function chartValues(istio: IstioSettings, ingress: Pick<Ingress, "serviceType" | "nodePorts">): Record<Chart, Values> {
  // istiod turns an unset policy from Ignore to Fail by itself, which would then show as drift: it is Fail from the start, in both charts.
  const base = { validationFailurePolicy: "Fail" };
  return {
    base: overlay({ base }, istio.values.base),
    istiod: overlay({ base, ...control(istio) }, istio.values.istiod),
    gateway: overlay(gateway(ingress), istio.values.gateway),
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
    autoscaleEnabled: false,
    resources: requests("50m", "192Mi"),
  };
}

function gateway({ serviceType, nodePorts }: Pick<Ingress, "serviceType" | "nodePorts">): Values {
  const port = (name: string, port: number, nodePort: number) => ({ name, protocol: "TCP", port, targetPort: port, nodePort });
  return {
    service: {
      type: serviceType,
      ports: [port("status-port", 15021, nodePorts.status), port("http2", 80, nodePorts.http), port("https", 443, nodePorts.https)],
    },
    autoscaling: { enabled: false },
    // The image is "auto" until istiod's webhook names it, and "auto" counts as latest: without this it is pulled each time.
    imagePullPolicy: "IfNotPresent",
    resources: requests("10m", "64Mi"),
    terminationGracePeriodSeconds: 5,
  };
}

function requests(cpu: string, memory: string): Values {
  return { requests: { cpu, memory } };
}

/** `over` laid over `under`: maps are merged, anything else is replaced. */
export function overlay(under: Values, over: Values = {}): Values {
  const merged = Object.entries(over).map(([key, value]) => {
    const below = Object.hasOwn(under, key) ? under[key] : undefined;
    return [key, isMap(value) && isMap(below) ? overlay(below, value) : value];
  });
  return { ...under, ...Object.fromEntries(merged) };
}

function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
