import type { KubeObject } from "../../../../kube";
import {
  kubectl,
  lookAt,
  nameOf,
  namespaceOf,
  repair,
  ref,
  heldPairs,
  inNamespace,
  podsOf,
  templateLabels,
} from "../objects";
import { concerns } from "../concerns";
import type { RuleFinding, Rule, Snapshot } from "../snapshot";
import { mapAt } from "../../../seat/json";
import { hasSidecar, INJECT } from "../../../seat/sidecar";

const INJECTION = "istio-injection";
const aspects = [
  "sidecar",
  "identity",
  "mtls",
  "authorization",
  "protocol",
  "pods",
  "route",
  "split",
  "policy",
] as const;

/** A namespace lost its injection label, so new pods get no sidecar. */
export const injectionLabel: Rule = (snapshot) =>
  heldPairs(snapshot, "Namespace").flatMap(({ live, made }) => {
    const [is, was] = [mapAt(live, "metadata", "labels")[INJECTION], mapAt(made, "metadata", "labels")[INJECTION]];
    if (was === undefined || is === was) return [];
    const namespace = nameOf(live);
    const bare = inNamespace(snapshot.live.Deployment, namespace).filter(
      (deployment) => withoutSidecar(snapshot, deployment).length > 0,
    );
    const seen =
      bare.length === 0
        ? "Existing pods keep theirs."
        : `The pods of ${bare.map(nameOf).join(", ")} have none. A pod keeps what it was made with, so they must be recreated.`;
    return [
      {
        namespace,
        services: bare.flatMap((deployment) => concerns(snapshot, "Deployment", deployment)),
        aspects,
        cause: `Namespace ${namespace} ${is === undefined ? `has no label ${INJECTION}` : `has the label ${INJECTION}=${String(is)}`}, Pulumi made it ${INJECTION}=${String(was)}: pods made now get no sidecar. ${seen}`,
        look: kubectl("get namespace", namespace, "--show-labels"),
        fix: snapshot.repairCommand,
      },
    ];
  });

/**
 * Pods lack a sidecar although their namespace has the label. Either their Deployment opts out, or they are older than
 * the label.
 */
export const sidecars: Rule = (snapshot) =>
  snapshot.live.Namespace.filter(
    (namespace) => mapAt(namespace, "metadata", "labels")[INJECTION] === "enabled",
  ).flatMap((namespace) =>
    inNamespace(snapshot.live.Deployment, nameOf(namespace)).flatMap((deployment) =>
      ofDeployment(snapshot, deployment),
    ),
  );

/** Whether the lesson itself wants no sidecar here, as for something that stands outside the mesh. */
function isMadeWithout(snapshot: Snapshot, deployment: KubeObject): boolean {
  const made = snapshot.made.Deployment.find(
    (one) => nameOf(one) === nameOf(deployment) && namespaceOf(one) === namespaceOf(deployment),
  );
  return made !== undefined && templateLabels(made)[INJECT] === "false";
}

function ofDeployment(snapshot: Snapshot, deployment: KubeObject): RuleFinding[] {
  const bare = withoutSidecar(snapshot, deployment);
  const [first] = bare;
  if (first === undefined || isMadeWithout(snapshot, deployment)) return [];
  const found = { namespace: namespaceOf(deployment), services: concerns(snapshot, "Deployment", deployment), aspects };
  const word =
    templateLabels(deployment)[INJECT] ?? mapAt(deployment, "spec", "template", "metadata", "annotations")[INJECT];
  if (word === "false") {
    const cause = `${ref("Deployment", deployment)} says ${INJECT}: "false" in spec.template.metadata, so its pods run without istio-proxy: they have no identity, encrypt nothing, and follow no route or policy.`;
    return [
      { ...found, cause, look: lookAt("Deployment", deployment), fix: repair(snapshot, "Deployment", deployment) },
    ];
  }
  const cause = `Pod ${namespaceOf(deployment) ?? ""}/${nameOf(first)} has no container istio-proxy, although its namespace is labelled ${INJECTION}=enabled: it was made while nothing added one. A pod keeps what it was made with.`;
  return [
    {
      ...found,
      effect: true,
      cause,
      look: kubectl("get pods", `-n ${namespaceOf(deployment) ?? ""}`),
      fix: snapshot.repairCommand,
    },
  ];
}

function withoutSidecar(snapshot: Snapshot, deployment: KubeObject): KubeObject[] {
  return podsOf(snapshot, deployment).filter((pod) => !hasSidecar(pod));
}
