import type { AddonName } from "../../components/addons/catalog";
import type { StoredAddon } from "../../components/addons/settings";
import { amount, type Amount } from "../../components/cluster/existing/quantity";
import type { Demand } from "../../components/cluster/existing/capacity";
import { catalog, type LessonName } from "../../components/lessons/catalog";
import { morePodsOf, sidecarsOf } from "../../components/lessons/sidecars";
import { ingressNamespace } from "../../components/mesh/gateway";
import { chartValues } from "../../components/mesh/values";
import type { Settings } from "../../config";

const MiB = 2 ** 20;

/** What a lesson's pods request, without their sidecars. The test beside it counts them in the program. */
const lessons: Readonly<Record<LessonName, Amount>> = {
  backend: { cpu: 30, memory: 96 * MiB },
  bookinfo: { cpu: 60, memory: 192 * MiB },
  temperature: { cpu: 20, memory: 64 * MiB },
  blog: { cpu: 40, memory: 128 * MiB },
  admission: { cpu: 0, memory: 0 },
};
/** What an addon's pods request; they have no sidecars. */
const addons: Readonly<Record<AddonName, Amount & { readonly pods: number }>> = {
  prometheus: { pods: 1, cpu: 50, memory: 128 * MiB },
  jaeger: { pods: 1, cpu: 20, memory: 64 * MiB },
  zipkin: { pods: 1, cpu: 20, memory: 128 * MiB },
  loki: { pods: 2, cpu: 30, memory: 144 * MiB },
  grafana: { pods: 1, cpu: 20, memory: 96 * MiB },
  kiali: { pods: 1, cpu: 10, memory: 64 * MiB },
};
/** Of the pods that `blog.replicasFollowWeights` adds. */
const eachPod = { cpu: 10, memory: 32 * MiB };

/** What the mesh, the lessons and the addons of these settings request of a cluster. */
export function demandOf(settings: Pick<Settings, "lessons" | "blog" | "addons" | "istio" | "gatewayApi">): Demand {
  const values = chartValues(settings.istio, settings.gatewayApi ? "gateway-api" : "istio");
  const [istiod, gateway, sidecar] = [requests(values.istiod, "resources"), requests(values.gateway, "resources"), requests(values.istiod, "global", "proxy", "resources")];
  const chosen = settings.lessons.map((name) => lessons[name]);
  const more = morePodsOf(settings);
  const pods = sidecarsOf(settings);
  const shown = settings.addons.map((name) => addons[name]);
  const without = (key: keyof Amount) => [...chosen, ...shown].reduce((total, part) => total + part[key], istiod[key] + gateway[key] + more * eachPod[key]);
  const sum = (key: keyof Amount) => without(key) + pods * sidecar[key];
  const all = shown.reduce((total, addon) => total + addon.pods, pods + 2);
  return { cpu: sum("cpu"), memory: sum("memory"), pods: all, namespaces: ["istio-system", ingressNamespace, ...settings.lessons.map((name) => catalog[name].namespace)] };
}

/** Who makes claims of storage, of which none names a class. */
export function claimsOf({ lessons, addons, storage }: Pick<Settings, "lessons" | "addons" | "storage">): string[] {
  return [...lessons.filter((lesson) => lesson === "admission").map((lesson) => `lesson ${lesson}`), ...addons.filter((addon) => storage[addon as StoredAddon] !== undefined).map((addon) => `addon ${addon}`)];
}

/** The requests at a path of Helm values, which may be the user's own. */
function requests(values: unknown, ...path: string[]): Amount {
  const at = [...path, "requests"].reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], values) as Record<string, unknown> | undefined;
  return amount(Object.fromEntries(Object.entries(at ?? {}).map(([key, text]) => [key, String(text)])));
}
