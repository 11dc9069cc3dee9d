import type { AddonName } from "../../components/addons/catalog";
import { unlessMissing, type Api } from "../../kube";
import type { Finding } from "./finding";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";

/**
 * Addon → the name of its ClusterRole and ClusterRoleBinding, as Istio's samples name them. An earlier `kubectl apply`
 * of the samples leaves them behind when the namespace is deleted. The test beside it compares them with the program.
 */
export const addonRoles: Readonly<Partial<Record<AddonName, string>>> = { kiali: "kiali", prometheus: "prometheus" };

/**
 * Checks whether an addon's cluster-wide objects are there already. Pulumi creates them late, and would then fail on
 * the first one. @param own `KIND/NAME` of what the stack has made. @throws ApiError, Unreachable
 */
export async function addonRoleFindings(
  api: Api,
  addons: readonly AddonName[],
  own: readonly string[],
): Promise<Finding[]> {
  const wanted = addons.flatMap((addon) =>
    ["ClusterRole", "ClusterRoleBinding"].flatMap((kind) => {
      const name = addonRoles[addon];
      return name === undefined || own.includes(`${kind}/${name}`) ? [] : [{ addon, kind, name }];
    }),
  );
  const found = await Promise.all(
    wanted.map(async (one) => {
      const path = `${RBAC}/${one.kind.toLowerCase()}s/${one.name}`;
      return (await unlessMissing(api.get(path))) === undefined ? [] : [one];
    }),
  );
  const taken = found.flat();
  if (taken.length === 0) return [];
  const users = [...new Set(taken.map(({ addon }) => addon))].join(", ");
  const objects = taken.map(({ kind, name }) => `${kind.toLowerCase()}/${name}`).join(" ");
  return [
    {
      name: "addons' roles",
      status: "refused",
      seen: `${taken.map(({ kind, name }) => `${kind} ${name}`).join(", ")}: these exist, and this stack did not make them`,
      todo: `An earlier installation left them, or uses them. If nobody uses them: \`kubectl delete ${objects}\`. Otherwise remove ${users} from istio-lab:addons.`,
    },
  ];
}
