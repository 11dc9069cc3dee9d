import type { AddonName } from "../../components/addons/catalog";
import type { StoredAddon } from "../../components/addons/settings";
import { amount, type Amount } from "../../kube/quantity";
import type { Demand } from "../../components/cluster/existing/capacity";
import { catalog, lessonNeeds, lessonOf } from "../../components/lessons/catalog";
import { ingressNamespace } from "../../components/mesh/gateway";
import { chartValues } from "../../components/mesh/values";
import type { Settings } from "../../config";

const MiB = 2 ** 20;

/** What an addon's pods request; they have no sidecars. The test beside it counts them in the program. */
const addons: Readonly<Record<AddonName, Amount & { readonly pods: number }>> = {
  prometheus: { pods: 1, cpu: 50, memory: 128 * MiB },
  jaeger: { pods: 1, cpu: 20, memory: 64 * MiB },
  zipkin: { pods: 1, cpu: 20, memory: 128 * MiB },
  loki: { pods: 2, cpu: 30, memory: 144 * MiB },
  grafana: { pods: 1, cpu: 20, memory: 96 * MiB },
  kiali: { pods: 1, cpu: 10, memory: 64 * MiB },
};

/** What the mesh, the lessons and the addons of these settings request of a cluster. */
export function demandOf(settings: Settings): Demand {
  const values = chartValues(settings.istio, settings.gatewayApi ? "gateway-api" : "istio");
  const [istiod, gateway, sidecar] = [requests(values.istiod, "resources"), requests(values.gateway, "resources"), requests(values.istiod, "global", "proxy", "resources")];
  const lessons = lessonNeeds(settings);
  const shown = settings.addons.map((name) => addons[name]);
  const sum = (key: keyof Amount) => shown.reduce((total, addon) => total + addon[key], istiod[key] + gateway[key] + lessons[key] + lessons.pods * sidecar[key]);
  const all = shown.reduce((total, addon) => total + addon.pods, lessons.pods + 2);
  return { cpu: sum("cpu"), memory: sum("memory"), pods: all, namespaces: ["istio-system", ingressNamespace, ...settings.lessons.map((name) => catalog[name].namespace)] };
}

/** Who makes claims of storage, of which none names a class. */
export function claimsOf({ lessons, addons, storage }: Pick<Settings, "lessons" | "addons" | "storage">): string[] {
  return [...lessons.filter((name) => (lessonOf(name).claims ?? []).length > 0).map((name) => `lesson ${name}`), ...addons.filter((addon) => storage[addon as StoredAddon] !== undefined).map((addon) => `addon ${addon}`)];
}

/** The requests at a path of Helm values, which may be the user's own. */
function requests(values: unknown, ...path: string[]): Amount {
  const at = [...path, "requests"].reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], values) as Record<string, unknown> | undefined;
  return amount(Object.fromEntries(Object.entries(at ?? {}).map(([key, text]) => [key, String(text)])));
}
