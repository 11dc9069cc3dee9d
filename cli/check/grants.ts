import type { KubeObject } from "../../kube";

/** A rule of a role, as it is bound to an account. */
export interface Grant {
  /** `ClusterRole kiali`. */
  readonly role: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Roles and bindings of a cluster. */
export interface Rbac {
  readonly clusterRoleBindings: readonly KubeObject[];
  readonly clusterRoles: readonly KubeObject[];
  readonly roleBindings: readonly KubeObject[];
  readonly roles: readonly KubeObject[];
}

interface Subject {
  kind?: string;
  name?: string;
  namespace?: string;
}

interface RbacRule {
  verbs?: string[];
  resources?: string[];
  nonResourceURLs?: string[];
}

/** Everything granted to a ServiceAccount: by its own name, or by groups that contain only ServiceAccounts. */
export function grantsTo(
  account: { namespace: string; serviceAccount: string },
  { clusterRoleBindings, clusterRoles, roleBindings, roles }: Rbac,
): Grant[] {
  const bound = [...clusterRoleBindings, ...roleBindings].filter((binding) => isFor(account, binding));
  return bound.flatMap((binding) => {
    const { kind, name } = (binding.roleRef ?? {}) as { kind?: string; name?: string };
    const role =
      kind === "ClusterRole"
        ? clusterRoles.find(({ metadata }) => metadata.name === name)
        : roles.find(({ metadata }) => metadata.name === name && metadata.namespace === binding.metadata.namespace);
    return ((role?.rules ?? []) as RbacRule[]).map(({ verbs = [], resources, nonResourceURLs }) => ({
      role: `${kind} ${name}`,
      resources: resources ?? nonResourceURLs ?? [],
      verbs,
    }));
  });
}

/**
 * Whether a binding names the ServiceAccount.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects
 */
export function isFor(
  { namespace, serviceAccount }: { namespace: string; serviceAccount: string },
  binding: KubeObject,
): boolean {
  const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
  return ((binding.subjects ?? []) as Subject[]).some((subject) =>
    subject.kind === "ServiceAccount"
      ? subject.name === serviceAccount && subject.namespace === namespace
      : subject.kind === "Group"
        ? groups.includes(subject.name ?? "")
        : subject.name === `system:serviceaccount:${namespace}:${serviceAccount}`,
  );
}
