import type { KubeObject } from "../../../kube";
import { nameOf, namespaceOf } from "./commands";
import { backends, destinations, gatewaysOf, serviceNamed } from "./routes";
import { at, mapAt, mapsAt, textAt, textsAt } from "../../seat/json";
import type { Kind } from "./kinds";
import { appOf, inNamespace, templateLabels } from "./objects";
import type { Snapshot } from "./snapshot";

/**
 * The services and apps that an object affects, in its live and its original form. Empty where it affects its whole
 * namespace.
 */
export function concerns(snapshot: Snapshot, kind: Kind, object: KubeObject): string[] {
  const versions = [...snapshot.live[kind], ...snapshot.made[kind], object].filter(
    (other) => nameOf(other) === nameOf(object) && namespaceOf(other) === namespaceOf(object),
  );
  return [...new Set(versions.flatMap((version) => namesOf(snapshot, kind, version)))];
}

function namesOf(snapshot: Snapshot, kind: Kind, object: KubeObject): string[] {
  const namespace = namespaceOf(object);
  const short = (host: string) => {
    const name = serviceNamed(host, namespace, snapshot)?.name;
    return name === undefined ? [] : withApp(snapshot, name, namespace);
  };
  switch (kind) {
    case "VirtualService":
      return [...textsAt(object, "spec", "hosts"), ...destinations(object).map(({ host }) => host)].flatMap(short);
    case "HTTPRoute":
      return [
        ...backends(object).map(({ host }) => host),
        ...mapsAt(object, "spec", "parentRefs").flatMap((parent) =>
          parent.kind === "Service" ? [textAt(parent, "name") ?? ""] : [],
        ),
      ].flatMap(short);
    case "DestinationRule":
      return short(textAt(object, "spec", "host") ?? "");
    case "Gateway":
      return boundRoutes(snapshot, object).flatMap((route) => namesOf(snapshot, "VirtualService", route));
    case "Service":
      return [nameOf(object), ...present(appOf(mapAt(object, "spec", "selector")))];
    case "Deployment":
    case "StatefulSet":
      return [...present(appOf(templateLabels(object))), nameOf(object)];
    case "ClusterRole":
    case "ClusterRoleBinding":
    case "ConfigMap":
      return [nameOf(object)];
    case "Pod":
      return present(appOf(at(object, "metadata", "labels")));
    case "ServiceAccount":
      return snapshot.made.Deployment.filter(
        (deployment) =>
          namespaceOf(deployment) === namespace &&
          textAt(deployment, "spec", "template", "spec", "serviceAccountName") === nameOf(object),
      ).flatMap((deployment) => present(appOf(templateLabels(deployment))));
    default:
      return present(
        appOf(at(object, "spec", "selector", "matchLabels")),
        appOf(at(object, "spec", "podSelector", "matchLabels")),
        appOf(at(object, "spec", "workloadSelector", "labels")),
      );
  }
}

/** The live and original VirtualServices that name the Gateway. */
function boundRoutes(snapshot: Snapshot, gateway: KubeObject): KubeObject[] {
  const full = `${namespaceOf(gateway) ?? ""}/${nameOf(gateway)}`;
  return [...snapshot.live.VirtualService, ...snapshot.made.VirtualService].filter((route) =>
    gatewaysOf(route).some((name) => (name.includes("/") ? name : `${namespaceOf(route) ?? ""}/${name}`) === full),
  );
}

/** A version's own Service (`reviews-v1`) also affects the app. */
function withApp(snapshot: Snapshot, name: string, namespace: string | undefined): string[] {
  const service = inNamespace([...snapshot.live.Service, ...snapshot.made.Service], namespace).find(
    (candidate) => nameOf(candidate) === name,
  );
  return [name, ...present(appOf(mapAt(service, "spec", "selector")))];
}

function present(...values: (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined);
}
