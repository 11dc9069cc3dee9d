import { amount, type Amount } from "../../components/cluster/existing/quantity";
import type { Demand } from "../../components/cluster/existing/capacity";
import { catalog, type LessonName } from "../../components/lessons/catalog";
import { ingressNamespace } from "../../components/mesh/gateway";
import { chartValues } from "../../components/mesh/values";
import type { Settings } from "../../config";

const MiB = 2 ** 20;

/** What a lesson's pods request, without their sidecars. The test beside it counts them in the program. */
const lessons: Readonly<Record<LessonName, Amount & { readonly pods: number }>> = {
  backend: { pods: 3, cpu: 30, memory: 96 * MiB },
  bookinfo: { pods: 6, cpu: 60, memory: 192 * MiB },
  temperature: { pods: 2, cpu: 20, memory: 64 * MiB },
  blog: { pods: 4, cpu: 40, memory: 128 * MiB },
  admission: { pods: 0, cpu: 0, memory: 0 },
};
/** With `blog.replicasFollowWeights` ten pods share out the two versions. */
const morePods = 8;
const eachPod = { cpu: 10, memory: 32 * MiB };

/** What the mesh and the lessons of these settings request of a cluster. */
export function demandOf(settings: Pick<Settings, "lessons" | "blog" | "istio" | "gatewayApi">): Demand {
  const values = chartValues(settings.istio, settings.gatewayApi ? "gateway-api" : "istio");
  const [istiod, gateway, sidecar] = [requests(values.istiod, "resources"), requests(values.gateway, "resources"), requests(values.istiod, "global", "proxy", "resources")];
  const chosen = settings.lessons.map((name) => lessons[name]);
  const more = settings.lessons.includes("blog") && settings.blog.replicasFollowWeights ? morePods : 0;
  const pods = chosen.reduce((total, lesson) => total + lesson.pods, more);
  const sum = (key: keyof Amount) => istiod[key] + gateway[key] + chosen.reduce((total, lesson) => total + lesson[key], more * eachPod[key]) + pods * sidecar[key];
  return { cpu: sum("cpu"), memory: sum("memory"), pods: pods + 2, namespaces: ["istio-system", ingressNamespace, ...settings.lessons.map((name) => catalog[name].namespace)] };
}

/** The requests at a path of Helm values, which may be the user's own. */
function requests(values: unknown, ...path: string[]): Amount {
  const at = [...path, "requests"].reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], values) as Record<string, unknown> | undefined;
  return amount(Object.fromEntries(Object.entries(at ?? {}).map(([key, text]) => [key, String(text)])));
}
