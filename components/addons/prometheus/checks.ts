import type { Settings } from "../../../config";
import { lessonOf, lessonsAmong } from "../../lessons/catalog";
import type { CheckSpec } from "../../lessons/checks/check";
import { addonImages } from "../../../versions";
import { aboutTraffic, lesson, showAddon } from "../check-base";
import { ingressNamespace } from "../../mesh/gateway";

/** The way of requests that pass the gateway. */
interface Way {
  readonly path: string;
  readonly host?: string;
  /** The app that receives them. Its sidecar counts them. */
  readonly app?: string;
  /** Whether that app calls others for each request. Their sidecars then count as well. */
  readonly asksOthers?: boolean;
  readonly namespace?: string;
}

export function prometheusChecks(settings: Settings): CheckSpec[] {
  const { path, host, app, asksOthers, namespace } = wayOf(settings);
  const through = app === undefined || namespace === undefined ? undefined : { namespace, services: [app] };
  return [
    {
      kind: "metrics",
      lesson,
      name: "prometheus-requests",
      title: "Prometheus counts the mesh's requests",
      about: aboutTraffic(["prometheus"], ["metrics"], through),
      lookAt: showAddon("app.kubernetes.io/name=prometheus"),
      images: [addonImages.prometheus],
      path,
      ...(host !== undefined && { host }),
      requests: 20,
      counters: {
        "the gateway": gatewayRequests,
        ...(through && { [app!]: requestsAt(app!, namespace!) }),
        ...(through && asksOthers && { "those behind it": requestsBehind(app!, namespace!) }),
      },
      // Six times the scrape interval in components/addons/prometheus/component.ts: a busy machine misses some.
      withinSeconds: 30,
    },
  ];
}

/** Takes the entry of the course's first suitable lesson. Without one, the requests end at the gateway. */
function wayOf(settings: Settings): Way {
  for (const name of lessonsAmong(settings.lessons)) {
    const { entry, namespace, calls = [] } = lessonOf(name);
    if (entry === undefined || entry.isFaulty?.(settings)) continue;
    const { path, host, app } = entry;
    return {
      path,
      app,
      namespace,
      asksOthers: calls.some(({ from }) => from === app),
      ...(host !== undefined && { host }),
    };
  }
  return { path: "/" };
}

/**
 * PromQL that returns the requests of each gateway pod. It uses Istio's own metric
 * (https://istio.io/latest/docs/reference/config/metrics/), whichever proxies count it.
 */
const gatewayRequests = `sum by (pod) (istio_requests_total{reporter="source",namespace="${ingressNamespace}"})`;

/** Returns PromQL for the requests that an app's sidecars received. */
function requestsAt(app: string, namespace: string): string {
  return requests(`namespace="${namespace}",app="${app}"`);
}

/** Returns PromQL for the requests that a namespace's other sidecars received. */
function requestsBehind(app: string, namespace: string): string {
  return requests(`namespace="${namespace}",app!="${app}"`);
}

function requests(labels: string): string {
  return `sum by (pod) (istio_requests_total{reporter="destination",${labels}})`;
}
