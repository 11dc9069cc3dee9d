import { kialiNodePort } from "../../../../components/cluster/ingress";
import type { KubeObject } from "../../../../kube";
import { kubectl, nameOf, namespaceOf, ref, missing, placeOf } from "../objects";
import { concerns } from "../concerns";
import {
  type RuleFinding,
  INGRESS_NAMESPACE,
  type Rule,
  kinds,
  resourceName,
  type SnapshotKind,
  ROOT_NAMESPACE,
  type Snapshot,
} from "../snapshot";
import { mapAt, textAt } from "../../../seat/json";

/**
 * The effect of a missing object of the kind. A required DestinationRule or PeerAuthentication has its own rule, which
 * says more.
 */
const without: Partial<Record<SnapshotKind, (object: KubeObject) => string>> = {
  AuthorizationPolicy: (object) =>
    Object.keys(mapAt(object, "spec")).length === 0
      ? "it allowed nothing, so that only what another policy allows came through; without it, pods that no other policy selects answer everybody"
      : "without it, what it allowed is refused (403) where another policy of the namespace allows less, and everything is allowed where there is none",
  VirtualService: () =>
    "without it there is no route: the gateway answers 404, and sidecars follow the Service alone, to all its pods alike",
  HTTPRoute: () =>
    "without it there is no route: the gateway answers 404, and sidecars follow the Service alone, to all its pods alike",
  Gateway: () => "without it the gateway's pods do not listen for the lesson's hosts",
  GatewayApiGateway: () => "without it there is no gateway at all",
  DestinationRule: () => "without it the service has no subsets and no traffic policy",
  Service: (object) =>
    `without it ${withoutService[nameOf(object)] ?? "the name does not resolve and routes to it lead nowhere"}`,
  ServiceAccount: () => "without it new pods of the app cannot be made, and the identity is gone",
  Deployment: () => "without it none of its pods run",
  StatefulSet: () => "without it none of its pods run",
  ClusterRole: () => "without it its account may not read what it needs",
  ClusterRoleBinding: () => "without it its account may not read what it needs",
  Secret: () => "without the certificate the gateway cannot open HTTPS for the host",
  PersistentVolumeClaim: () => "",
  Namespace: () => "with it everything of the lesson is gone",
};

/** Services of addons with a dependency that is easy to miss. */
const withoutService: Readonly<Record<string, string>> = {
  zipkin: "the proxies have nowhere to send their spans to: no request is traced",
  tracing: "nobody can ask for the traces",
  kialinodeport: `nothing answers at Kiali's node port ${kialiNodePort}`,
};

/** An object that Pulumi created is gone. */
export const missingObjects: Rule = (snapshot) =>
  (Object.keys(kinds) as SnapshotKind[]).flatMap((kind) =>
    missing(snapshot, kind)
      .filter((object) => !isTold(snapshot, kind, object))
      .map((object): RuleFinding => {
        const then = without[kind]?.(object);
        return {
          namespace: placeOf(kind, object),
          services: concerns(snapshot, kind, object),
          aspects: [],
          generic: kind === "DestinationRule" || kind === "PeerAuthentication" || kind === "Telemetry",
          cause: `${ref(kind, object)}, which Pulumi made, no longer exists${then ? `: ${then}` : ""}.`,
          look: kubectl("get", resourceName(kind), namespaceOf(object) && `-n ${namespaceOf(object)}`),
          fix: snapshot.repairCommand,
        };
      }),
  );

/** Whether another finding covers it: of its namespace, or of its kind, which is gone with all its objects. */
function isTold(snapshot: Snapshot, kind: SnapshotKind, object: KubeObject): boolean {
  if (kind === "Namespace") return [ROOT_NAMESPACE, INGRESS_NAMESPACE].includes(nameOf(object));
  // The namespace's own finding covers what went with it.
  const namespace = namespaceOf(object);
  if (namespace !== undefined && missing(snapshot, "Namespace").some((gone) => nameOf(gone) === namespace)) return true;
  return (snapshot.inventory?.entries ?? []).some(
    ({ made, live, owner, unknown }) =>
      owner.by === "chart" &&
      live === undefined &&
      unknown === undefined &&
      made.kind === "CustomResourceDefinition" &&
      textAt(made, "spec", "names", "kind") === kinds[kind].kind &&
      textAt(made, "spec", "group") === kinds[kind].group,
  );
}
