import type { RightsCheck } from "../../../components/lessons/checks/check";
import { grantsTo, type Grant } from "../grants";
import { listed, type Probe } from "./probe";

export interface RightsSeen {
  /** Rules that are bound to the ServiceAccount. */
  grants: Grant[];
  /** The API server's answers to the check's questions. */
  allowed: boolean[];
}

export const rights: Probe<RightsCheck, RightsSeen> = {
  expected: ({ serviceAccount }) =>
    `no writing verb for ServiceAccount ${serviceAccount}, and the API server's "no" to each attempt`,
  async look({ namespace, serviceAccount, denied }, { seat }) {
    const subject = {
      user: `system:serviceaccount:${namespace}:${serviceAccount}`,
      groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
    };
    const all = (kind: string) => seat.list(`/apis/rbac.authorization.k8s.io/v1/${kind}`);
    const [allowed, clusterRoleBindings, clusterRoles, roleBindings, roles] = await Promise.all([
      Promise.all(denied.map((access) => seat.may(subject, access))),
      all("clusterrolebindings"),
      all("clusterroles"),
      all("rolebindings"),
      all("roles"),
    ]);
    return {
      grants: grantsTo({ namespace, serviceAccount }, { clusterRoleBindings, clusterRoles, roleBindings, roles }),
      allowed,
    };
  },
  evaluate({ except, denied, serviceAccount }, { grants, allowed }) {
    const excepted = ({ verb, resource }: { verb: string; resource: string }) =>
      except.some((one) => one.verb === verb && one.resource === resource);
    const writing = grants.flatMap(({ role, resources, verbs }) =>
      resources.flatMap((resource) =>
        verbs
          .filter((verb) => !READS.includes(verb) && !excepted({ verb, resource }))
          .map((verb) => ({ role, words: `${verb} ${resource}` })),
      ),
    );
    const asked = denied
      .filter((_, index) => allowed[index])
      .map(
        ({ verb, resource, subresource }) => `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`,
      );
    if (grants.length === 0)
      return { ok: false, seen: `no role is bound to ServiceAccount ${serviceAccount}: it cannot read the mesh` };
    if (writing.length === 0 && asked.length === 0) {
      return {
        ok: true,
        seen: `${grants.length} rules, all of ${listed(READS)}${except.length > 0 ? ` (and ${except.map(({ verb, resource }) => `${verb} ${resource}`).join(", ")})` : ""}; ${denied.length} attempts to change something are denied`,
      };
    }
    const roles = [...new Set(writing.map(({ role }) => role))];
    const by =
      roles.length > 0
        ? `${listed(roles)} allows ${some(writing.map(({ words }) => words))}`
        : `the API server allows ${some(asked)}`;
    return { ok: false, seen: by };
  },
};

const READS: readonly string[] = ["get", "list", "watch"];

function some(words: readonly string[]): string {
  return words.length > 4 ? `${words.slice(0, 3).join(", ")} and ${words.length - 3} more` : listed(words);
}
