import { catalog as addons } from "../../components/addons/catalog";
import type { StoredAddon } from "../../components/addons/settings";
import { amount, type Amount } from "../../kube";
import type { Demand } from "../../components/cluster/existing/capacity";
import { lessonNeeds, lessonOf } from "../../components/lessons/catalog";
import { ingressNamespace } from "../../components/mesh/gateway";
import { chartValues } from "../../components/mesh/values";
import type { Settings } from "../../config";

/**
 * The requests of the mesh, the lessons and the addons with these settings. The test beside it compares them with the
 * program.
 */
export function demandOf(settings: Settings): Demand {
  const values = chartValues(settings.istio, settings.gatewayApi ? "gateway-api" : "istio");
  const [istiod, gateway, sidecar] = [
    requests(values.istiod, "resources"),
    requests(values.gateway, "resources"),
    requests(values.istiod, "global", "proxy", "resources"),
  ];
  const lessons = lessonNeeds(settings);
  const shown = settings.addons.map((name) => addons[name].needs);
  const sum = (key: keyof Amount) =>
    shown.reduce(
      (total, addon) => total + addon[key],
      istiod[key] + gateway[key] + lessons[key] + lessons.pods * sidecar[key],
    );
  const all = shown.reduce((total, addon) => total + addon.pods, lessons.pods + 2);
  return {
    cpu: sum("cpu"),
    memory: sum("memory"),
    pods: all,
    namespaces: ["istio-system", ingressNamespace, ...settings.lessons.map((name) => lessonOf(name).namespace)],
  };
}

/** Who claims storage without naming a storage class. */
export function claimsOf({
  lessons,
  addons: chosen,
  storage,
}: Pick<Settings, "lessons" | "addons" | "storage">): string[] {
  return [
    ...lessons.filter((name) => (lessonOf(name).claims ?? []).length > 0).map((name) => `lesson ${name}`),
    ...chosen.filter((addon) => storage[addon as StoredAddon] !== undefined).map((addon) => `addon ${addon}`),
  ];
}

/** The requests at a path of Helm values, which may come from the user. */
function requests(values: unknown, ...path: string[]): Amount {
  const at = [...path, "requests"].reduce(
    (inner, key) => (inner as Record<string, unknown> | undefined)?.[key],
    values,
  ) as Record<string, unknown> | undefined;
  return amount(Object.fromEntries(Object.entries(at ?? {}).map(([key, text]) => [key, String(text)])));
}
