import { addonNames, type AddonName } from "../../versions";
import type { Needs } from "../../kube";

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
  /** What its pods request; they have no sidecars. */
  readonly needs: Needs;
}

const MiB = 2 ** 20;

/** Each has a component of the same name in index.ts beside this file. */
export const catalog = {
  prometheus: { service: "prometheus", port: 9090, path: "", localPort: 9090, needs: { pods: 1, cpu: 50, memory: 128 * MiB } },
  jaeger: { service: "tracing", port: 80, path: "/jaeger", localPort: 16686, needs: { pods: 1, cpu: 20, memory: 64 * MiB } },
  zipkin: { service: "tracing", port: 80, path: "/zipkin", localPort: 9411, needs: { pods: 1, cpu: 20, memory: 128 * MiB } },
  loki: { service: "loki", port: 3100, path: "", needs: { pods: 2, cpu: 30, memory: 144 * MiB } },
  grafana: { service: "grafana", port: 3000, path: "", localPort: 3000, needs: { pods: 1, cpu: 20, memory: 96 * MiB } },
  kiali: { service: "kiali", port: 20001, path: "/kiali", localPort: 20001, needs: { pods: 1, cpu: 10, memory: 64 * MiB } },
} as const satisfies Record<AddonName, AddonEntry>;

export { addonNames, type AddonName };
