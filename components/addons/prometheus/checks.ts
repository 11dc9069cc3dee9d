import type { Settings } from "../../../config";
import { lessonNames, lessonOf } from "../../lessons/catalog";
import type { CheckSpec } from "../../lessons/checks/check";
import { addonImages } from "../../../versions";
import { aboutTraffic, lesson, showAddon } from "../check-base";
import { ingressNamespace } from "../../mesh/gateway";

/** Where requests go that pass the gateway. */
interface Way {
  readonly path: string;
  readonly host?: string;
  /** The app that they come to, whose sidecar counts them … */
  readonly app?: string;
  /** … and whether that asks others for each of them, whose sidecars count in their turn. */
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
      // Three times the scrape interval of components/addons/prometheus/component.ts.
      withinSeconds: 15,
    },
  ];
}

/** By the first lesson of the course that has such requests; without one they end at the gateway. */
function wayOf(settings: Settings): Way {
  for (const name of lessonNames.filter((each) => settings.lessons.includes(each))) {
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
 * What Prometheus knows of the mesh's requests, as PromQL of one number for each pod: Istio's own metric
 * (https://istio.io/latest/docs/reference/config/metrics/), whichever proxies count it.
 */
const gatewayRequests = `sum by (pod) (istio_requests_total{reporter="source",namespace="${ingressNamespace}"})`;

/** Requests that came to the sidecars of an app. */
function requestsAt(app: string, namespace: string): string {
  return requests(`namespace="${namespace}",app="${app}"`);
}

/** Requests that came to all sidecars of a namespace but the app's. */
function requestsBehind(app: string, namespace: string): string {
  return requests(`namespace="${namespace}",app!="${app}"`);
}

function requests(labels: string): string {
  return `sum by (pod) (istio_requests_total{reporter="destination",${labels}})`;
}
