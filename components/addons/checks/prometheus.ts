import type { Settings } from "../../../config";
import { blogHost } from "../../lessons/blog-settings";
import { catalog } from "../../lessons/catalog";
import type { CheckSpec } from "../../lessons/checks/check";
import { addonImages } from "../images";
import { aboutTraffic, lesson, showAddon } from "./base";
import { gatewayRequests, requestsAt, requestsBehind } from "./counters";

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
      // Three times the scrape interval of components/addons/prometheus.ts.
      withinSeconds: 15,
    },
  ];
}

/** By the first lesson that has such requests; without one they end at the gateway. */
function wayOf({ lessons, bookinfo }: Settings): Way {
  if (lessons.includes("bookinfo") && bookinfo.productpage?.fault === undefined) return { path: "/productpage", app: "productpage", asksOthers: true, namespace: catalog.bookinfo.namespace };
  if (lessons.includes("temperature")) return { path: "/?from=Celsius&to=Kelvin&temperature=150", app: "temperature-api", asksOthers: true, namespace: catalog.temperature.namespace };
  if (lessons.includes("blog")) return { path: "/", host: blogHost, app: "my-blog", namespace: catalog.blog.namespace };
  return { path: "/" };
}
