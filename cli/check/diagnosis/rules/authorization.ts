import { spiffeId } from "../../../../components/mesh/identity";
import type { KubeObject } from "../../../../kube";
import { kubectl, lookAt, namespaceOf, repair, ref, anyWorkload, heldPairs, pods, principalOf } from "../objects";
import { concerns } from "../concerns";
import { ofChangedPolicy } from "../relation";
import type { RuleFinding, Rule, Snapshot } from "../snapshot";
import { isMap } from "../../../../base/values";
import { isAlike, labelText, listAt, mapAt, mapsAt, shown, textAt, textsAt } from "../../../seat/json";

const aspects = ["authorization", "gateway", "route", "split", "identity"] as const;

/** An AuthorizationPolicy allows other callers than the original. */
export const policySource: Rule = changed((snapshot, live, made) =>
  rules(live).flatMap((rule, index) => {
    const [is, was] = [mapsAt(rule, "from"), mapsAt(rules(made)[index], "from")];
    if (isAlike(is, was) || was.length === 0) return [];
    const before = `Pulumi made it ${sources(was)}`;
    if (is.length === 0)
      return [`spec.rules[${index}] has no from: it is for every caller, with an identity or without. ${before}.`];
    const lost = principals(was).length > 0 && principals(is).length === 0;
    if (lost)
      return [
        `spec.rules[${index}].from no longer names principals, only ${sources(is)}: it matches every caller that fits, whatever its identity. ${before}.`,
      ];
    const nobody = principals(is).filter(
      (principal) => !principal.includes("*") && !pods(snapshot).some((pod) => principalOf(pod) === principal),
    );
    if (nobody.length > 0)
      return [`spec.rules[${index}].from names the principal ${nobody.join(", ")}, which no pod has. ${before}.`];
    return [`spec.rules[${index}].from is ${sources(is)}. ${before}.`];
  }),
);

/** An AuthorizationPolicy allows other requests than the original. */
export const policyOperation: Rule = changed((_, live, made) =>
  rules(live).flatMap((rule, index) => {
    const [is, was] = [mapsAt(rule, "to"), mapsAt(rules(made)[index], "to")];
    return isAlike(is, was) || index >= rules(made).length
      ? []
      : [
          `spec.rules[${index}].to is ${is.length === 0 ? "missing, so the rule is for every request" : shown(is)}; Pulumi made it ${was.length === 0 ? "for every request" : shown(was)}.`,
        ];
  }),
);

/** An AuthorizationPolicy has more or fewer rules than the original. */
export const policyRules: Rule = changed((_, live, made) => {
  const [is, was] = [rules(live).length, rules(made).length];
  if (is === was) return [];
  if (is === 0)
    return [`spec.rules is empty: a policy that allows and has no rule lets nobody in. Pulumi made ${was}.`];
  const empty = rules(live).findIndex((rule) => isMap(rule) && Object.keys(rule).length === 0);
  return [
    `spec.rules has ${is} instead of ${was}${empty >= 0 ? `; spec.rules[${empty}] is {}, which fits every request of everybody` : ""}.`,
  ];
});

/** An AuthorizationPolicy selects other pods than the original. */
export const policySelector: Rule = changed((snapshot, live, made) => {
  const [is, was] = [mapAt(live, "spec", "selector", "matchLabels"), mapAt(made, "spec", "selector", "matchLabels")];
  if (labelText(is) === labelText(was)) return [];
  const whom =
    Object.keys(is).length === 0
      ? "every pod of the namespace"
      : `pods with ${labelText(is)}${anyWorkload(snapshot, namespaceOf(live), is) ? "" : ", and no pod has that"}`;
  return [`spec.selector selects ${whom}; Pulumi made it ${labelText(was) || "for every pod of the namespace"}.`];
});

/** An AuthorizationPolicy has another action than the original. */
export const policyAction: Rule = changed((_, live, made) => {
  const [is, was] = [actionOf(live), actionOf(made)];
  return is === was ? [] : [`spec.action is ${is}, Pulumi made it ${was}.`];
});

function changed(read: (snapshot: Snapshot, live: KubeObject, made: KubeObject) => string[]): Rule {
  return (snapshot) =>
    heldPairs(snapshot, "AuthorizationPolicy").flatMap(({ live, made }): RuleFinding[] => {
      const [cause] = read(snapshot, live, made);
      if (cause === undefined) return [];
      return [
        {
          namespace: namespaceOf(live),
          services: concerns(snapshot, "AuthorizationPolicy", live),
          aspects,
          relation: ofChangedPolicy(live),
          cause: `${ref("AuthorizationPolicy", live)}: ${cause}`,
          look: lookAt("AuthorizationPolicy", live),
          fix: repair(snapshot, "AuthorizationPolicy", live),
        },
      ];
    });
}

/** A workload runs under another ServiceAccount than the original, so policies treat it as somebody else. */
export const serviceAccount: Rule = (snapshot) =>
  heldPairs(snapshot, "Deployment").flatMap(({ live, made }): RuleFinding[] => {
    const path = ["spec", "template", "spec", "serviceAccountName"] as const;
    const [is, was] = [textAt(live, ...path) ?? "default", textAt(made, ...path) ?? "default"];
    if (is === was) return [];
    const namespace = namespaceOf(live);
    return [
      {
        namespace,
        services: concerns(snapshot, "Deployment", live),
        aspects: ["identity", "authorization", "protocol", "mtls"],
        cause: `${ref("Deployment", live)} runs its pods as ServiceAccount ${is} (spec.template.spec.serviceAccountName), Pulumi made it ${was}: their identity in the mesh is ${spiffeId(namespace ?? "", is)}, and policies that allow the other do not allow them.`,
        look: kubectl(
          "get pods",
          namespace && `-n ${namespace}`,
          "-o custom-columns=POD:.metadata.name,ACCOUNT:.spec.serviceAccountName",
        ),
        fix: snapshot.repairCommand,
      },
    ];
  });

function rules(policy: unknown): readonly unknown[] {
  return listAt(policy, "spec", "rules");
}

function actionOf(policy: unknown): string {
  return textAt(policy, "spec", "action") ?? "ALLOW";
}

function principals(from: readonly unknown[]): string[] {
  return from.flatMap((entry) => textsAt(entry, "source", "principals"));
}

function sources(from: readonly unknown[]): string {
  return from.map((entry) => shown(mapAt(entry, "source"))).join(" or ");
}
