import { addonNames } from "../../../../components/addons/catalog";
import { systemNamespace } from "../../../../components/mesh/system-namespace";
import { isFor } from "../../grants";
import type { KubeObject } from "../../../../kube";
import { lookAt, nameOf, repair, ref, remove, foreign, heldPairs } from "../objects";
import { type RuleFinding, ROOT_NAMESPACE, type Rule } from "../snapshot";
import { mapsAt, textAt, textsAt } from "../../../seat/json";

const reads = ["get", "list", "watch"];

/** A role that Pulumi created got verbs that change something. */
export const writeVerbs: Rule = (snapshot) =>
  heldPairs(snapshot, "ClusterRole").flatMap(({ live, made }): RuleFinding[] => {
    const before = new Set(mapsAt(made, "rules").flatMap(grantsOf));
    const index = mapsAt(live, "rules").findIndex((rule) =>
      grantsOf(rule).some((grant) => isWriting(grant) && !before.has(grant)),
    );
    if (index < 0) return [];
    const rule = mapsAt(live, "rules")[index]!;
    const added = grantsOf(rule).filter((grant) => isWriting(grant) && !before.has(grant));
    const verbs = [...new Set(added.map((grant) => grant.split(" ")[0]!))];
    const account = boundAccount(snapshot.live.ClusterRoleBinding, nameOf(live)) ?? nameOf(live);
    return [
      {
        namespace: ROOT_NAMESPACE,
        services: [account],
        aspects: ["rights"],
        cause: `${ref("ClusterRole", live)} lets ${account} ${verbs.join(", ")} ${textsAt(rule, "resources").join(", ")} (rules[${index}].verbs); Pulumi made it without: whoever opens it could change the cluster.`,
        look: lookAt("ClusterRole", live),
        fix: repair(snapshot, "ClusterRole", live),
      },
    ];
  });

/** An addon's ServiceAccount was bound to another role. */
export const foreignBinding: Rule = (snapshot) =>
  foreign(snapshot, "ClusterRoleBinding").flatMap((binding): RuleFinding[] => {
    // Kubernetes binds some of its own roles to groups. Such a binding is not about one account.
    const account = mapsAt(binding, "subjects")
      .map((subject) => textAt(subject, "name") ?? "")
      .find((name) => isAddons(name) && isFor({ namespace: systemNamespace, serviceAccount: name }, binding));
    if (account === undefined) return [];
    return [
      {
        namespace: ROOT_NAMESPACE,
        services: [account],
        aspects: ["rights"],
        cause: `${ref("ClusterRoleBinding", binding)} exists, and Pulumi did not make it: it gives ServiceAccount ${systemNamespace}/${account} the ${textAt(binding, "roleRef", "kind") ?? "role"} ${textAt(binding, "roleRef", "name") ?? "?"}.`,
        look: lookAt("ClusterRoleBinding", binding),
        fix: remove("ClusterRoleBinding", binding),
      },
    ];
  });

function isAddons(account: string): boolean {
  return (addonNames as readonly string[]).includes(account);
}

/** A rule's grants as `VERB GROUP/RESOURCE`. */
function grantsOf(rule: unknown): string[] {
  return textsAt(rule, "verbs").flatMap((verb) =>
    listOr(rule, "apiGroups").flatMap((group) =>
      listOr(rule, "resources").map((resource) => `${verb} ${group}/${resource}`),
    ),
  );
}

/** The core group's name is the empty text. */
function listOr(rule: unknown, field: "apiGroups" | "resources"): string[] {
  const list = (rule as Record<string, unknown>)[field];
  return Array.isArray(list) ? list.map(String) : [""];
}

function isWriting(grant: string): boolean {
  return !reads.includes(grant.split(" ")[0]!);
}

function boundAccount(bindings: readonly KubeObject[], role: string): string | undefined {
  const binding = bindings.find(
    (one) => textAt(one, "roleRef", "kind") === "ClusterRole" && textAt(one, "roleRef", "name") === role,
  );
  const subject = mapsAt(binding, "subjects").find(({ kind }) => kind === "ServiceAccount");
  return textAt(subject, "name");
}
