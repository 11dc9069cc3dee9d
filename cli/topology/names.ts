import type { KubeObject } from "../../kube";
import type { Objects } from "./read";

/** Translates names in the metrics into names of the picture. */
export interface Names {
  /** Returns a destination's Service, and its version where the Service's name or the subset tells it. */
  service(
    namespace: string,
    service: string,
    subset?: string,
  ): { namespace: string; service: string; version?: string };
  /** Returns the name that pods with this `app` label have in the picture: their Service's, or the label itself. */
  caller(namespace: string, app: string): string;
}

export function namesOf({ services, destinationRules }: Pick<Objects, "services" | "destinationRules">): Names {
  const here = (namespace: string) =>
    services.filter(({ metadata }) => (metadata.namespace ?? "default") === namespace);
  return {
    service: (namespace, name, subset) => {
      const found = appOfVersion(name, here(namespace));
      if (subset === undefined || found.version !== undefined) return { namespace, ...found };
      return {
        namespace,
        ...found,
        version: versionOfSubset({ service: found.service, namespace }, subset, destinationRules),
      };
    },
    caller: (namespace, app) => {
      const own = here(namespace).filter(
        ({ spec }) =>
          (spec?.selector?.app ?? spec?.selector?.["app.kubernetes.io/name"]) === app &&
          spec?.selector?.version === undefined,
      );
      return own[0]?.metadata.name ?? app;
    },
  };
}

/**
 * Turns a Service that selects one version into the app's Service and that version. With the Gateway API, each
 * version has its own Service.
 */
export function appOfVersion(name: string, here: readonly KubeObject[]): { service: string; version?: string } {
  const service = here.find(({ metadata }) => metadata.name === name);
  const version = (service?.spec?.selector as Record<string, string> | undefined)?.version;
  const app = service && here.find((other) => isVersionOf(service, other));
  return app && version !== undefined ? { service: app.metadata.name, version } : { service: name };
}

/** Whether a Service selects the same pods as the app's Service, narrowed by version. */
export function isVersionOf(service: KubeObject, app: KubeObject): boolean {
  const [own, other] = [
    service.spec?.selector as Record<string, string> | undefined,
    app.spec?.selector as Record<string, string> | undefined,
  ];
  if (own?.version === undefined || !other || other.version !== undefined || Object.keys(other).length === 0)
    return false;
  return Object.entries(other).every(([key, value]) => own[key] === value);
}

/** Returns a subset's version, from the labels in its DestinationRule. */
export function versionOfSubset(
  service: { service: string; namespace: string },
  subset: string,
  destinationRules: KubeObject[],
): string {
  const rules = destinationRules.filter(({ metadata, spec }) => isHost(spec?.host, metadata.namespace, service));
  const declared = rules
    .flatMap(({ spec }) => (spec?.subsets ?? []) as { name: string; labels?: Record<string, string> }[])
    .find(({ name }) => name === subset);
  return declared?.labels?.version ?? subset;
}

export function isHost(
  host: unknown,
  from: string | undefined,
  { service, namespace }: { service: string; namespace: string },
): boolean {
  if (typeof host !== "string") return false;
  const named = hostOf(host, from ?? "default");
  return named.service === service && named.namespace === namespace;
}

/** Parses a host. `reviews`, `reviews.default` and `reviews.default.svc.cluster.local` are the same Service. */
export function hostOf(host: string, namespace: string): { service: string; namespace: string } {
  const [service = host, other] = host.split(".");
  return { service, namespace: other ?? namespace };
}
