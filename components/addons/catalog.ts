/** What the rest of the lab knows of an addon: plain data, so that config.ts and the commands can read it without loading any provider. */
export interface AddonEntry {
  /** Its Service in `istio-system`. */
  readonly service: string;
  /** Port of that Service that a browser, or another addon, talks to. */
  readonly port: number;
  /** Where its pages begin, without a slash at the end; empty for the root. */
  readonly path: string;
  /** Port of localhost at which `npm run open` gives it; that of `istioctl dashboard`. Undefined: it has no pages. */
  readonly localPort?: number;
}

/** The addons that exist, in the order in which they are made. Each has a component of the same name in index.ts beside this file. */
export const catalog = {
  prometheus: { service: "prometheus", port: 9090, path: "", localPort: 9090 },
  jaeger: { service: "tracing", port: 80, path: "/jaeger", localPort: 16686 },
  zipkin: { service: "tracing", port: 80, path: "/zipkin", localPort: 9411 },
  loki: { service: "loki", port: 3100, path: "" },
  grafana: { service: "grafana", port: 3000, path: "", localPort: 3000 },
  kiali: { service: "kiali", port: 20001, path: "/kiali", localPort: 20001 },
} as const satisfies Record<string, AddonEntry>;

export type AddonName = keyof typeof catalog;

/** All addons that exist. */
export const addonNames = Object.keys(catalog) as AddonName[];
