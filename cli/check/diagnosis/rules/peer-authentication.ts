import { kubectl, lookAt, repair, ref, remove, foreign, inNamespace } from "../objects";
import { concerns } from "../concerns";
import { type RuleFinding, ROOT_NAMESPACE, type Rule, type Snapshot } from "../snapshot";
import { mapAt, textAt } from "../../../seat/json";

const aspects = ["mtls", "authorization"] as const;

/** A namespace that should refuse plaintext has no PeerAuthentication for it, or one that says otherwise. */
export const peerAuthentication: Rule = (snapshot) =>
  snapshot.namespaces.flatMap((namespace) => [
    ...ofNamespace(snapshot, namespace),
    ...ofWorkloads(snapshot, namespace),
  ]);

function ofNamespace(snapshot: Snapshot, namespace: string): RuleFinding[] {
  const wanted = modeOf(wide(snapshot.made.PeerAuthentication, namespace)[0]);
  if (wanted === undefined) return [];
  const live = wide(snapshot.live.PeerAuthentication, namespace)[0];
  const found = { namespace, services: [], aspects, fix: snapshot.repairCommand };
  if (live === undefined) {
    const inherited = modeOf(wide(snapshot.live.PeerAuthentication, ROOT_NAMESPACE)[0]);
    if (inherited === wanted) return [];
    const then = inherited
      ? `the mesh-wide one (${inherited})`
      : "Istio's default, PERMISSIVE, which takes mTLS and plaintext alike";
    const cause = `Namespace ${namespace} has no PeerAuthentication for the whole namespace; Pulumi made one with spec.mtls.mode ${wanted}. Without it the sidecars follow ${then}.`;
    return [{ ...found, cause, look: kubectl("get peerauthentication", `-n ${namespace}`) }];
  }
  const mode = modeOf(live);
  if (mode === wanted) return [];
  const cause = `${ref("PeerAuthentication", live)} has spec.mtls.mode ${mode ?? "not set"}, Pulumi made it ${wanted}: ${consequence(mode)}.`;
  return [
    { ...found, cause, look: lookAt("PeerAuthentication", live), fix: repair(snapshot, "PeerAuthentication", live) },
  ];
}

/** A PeerAuthentication for single workloads overrides the namespace's. */
function ofWorkloads(snapshot: Snapshot, namespace: string): RuleFinding[] {
  return inNamespace(foreign(snapshot, "PeerAuthentication"), namespace)
    .filter(isForWorkloads)
    .map((policy) => ({
      namespace,
      services: concerns(snapshot, "PeerAuthentication", policy),
      aspects,
      cause: `${ref("PeerAuthentication", policy)} selects single workloads and sets spec.mtls.mode ${modeOf(policy) ?? "by port"}: for them it wins over the namespace's own. Pulumi did not make it.`,
      look: lookAt("PeerAuthentication", policy),
      fix: remove("PeerAuthentication", policy),
    }));
}

function wide(policies: Snapshot["live"]["PeerAuthentication"], namespace: string) {
  return inNamespace(policies, namespace).filter((policy) => !isForWorkloads(policy));
}

export function isForWorkloads(policy: unknown): boolean {
  return Object.keys(mapAt(policy, "spec", "selector", "matchLabels")).length > 0;
}

function modeOf(policy: unknown): string | undefined {
  return textAt(policy, "spec", "mtls", "mode");
}

function consequence(mode: string | undefined): string {
  if (mode === "PERMISSIVE") return "the sidecars take plaintext as well";
  if (mode === "DISABLE") return "the sidecars take plaintext and no mTLS";
  if (mode === "STRICT") return "the sidecars refuse plaintext";
  return "what the sidecars take comes from the mesh-wide policy or Istio's default, PERMISSIVE";
}
