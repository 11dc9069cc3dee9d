import { onStack } from "../../base/advice";
import type { StoredAddon } from "../../components/addons/settings";
import { Api, ApiError, quantity, Unreachable } from "../../kube";
import { textAt } from "../seat/json";
import { isOutgoing, type Deployment, type StateResource } from "../stack/stack";
import type { Finding, PreflightContext } from "./finding";
import { clusterKubeconfig } from "./own-cluster";

const CLAIM = "kubernetes:core/v1:PersistentVolumeClaim";

function claimsIn({ resources }: Pick<Deployment, "resources">): StateResource[] {
  return resources.filter((resource) => resource.type === CLAIM && !isOutgoing(resource));
}

/**
 * Checks each claim of an addon whose size the config changes. The API server lets a claim grow only where its class
 * allows it, and never shrink. It would refuse the update when `up` has changed other objects already.
 */
export async function storageFindings(
  { stack, settings, state, ...rest }: PreflightContext,
  kubeconfigOf: typeof clusterKubeconfig = clusterKubeconfig,
): Promise<Finding[]> {
  const claims = claimsIn(state);
  if (claims.length === 0) return [];
  const changed = settings.addons.flatMap((addon) => {
    const wanted = settings.storage[addon as StoredAddon];
    const claim = claims.find(({ inputs }) => textAt(inputs, "metadata", "name") === addon);
    const size = textAt(claim?.inputs, "spec", "resources", "requests", "storage");
    return wanted === undefined || size === undefined || quantity(wanted) === quantity(size)
      ? []
      : [{ addon, wanted, size, namespace: textAt(claim?.inputs, "metadata", "namespace") ?? "" }];
  });
  if (changed.length === 0) return [];
  const kubeconfig = await kubeconfigOf({ stack, settings, state, ...rest });
  const api = kubeconfig === undefined ? undefined : new Api(kubeconfig);
  return Promise.all(changed.map((change) => finding(change, stack, api)));
}

interface Change {
  readonly addon: string;
  readonly namespace: string;
  readonly size: string;
  readonly wanted: string;
}

async function finding(
  { addon, namespace, size, wanted }: Change,
  stack: string,
  api: Api | undefined,
): Promise<Finding> {
  const name = `storage of ${addon}`;
  const keep = onStack(stack, `npm run -s pulumi -- config set --path istio-lab:storage.${addon} ${size}`);
  const todo = `Keep the size: \`${keep}\`. Or start with an empty claim: remove ${addon} from istio-lab:addons, run \`${onStack(stack, "npm run up")}\`, and add it again.`;
  if (quantity(wanted) < quantity(size))
    return { name, status: "refused", seen: `its claim has ${size}, and a claim cannot shrink to ${wanted}`, todo };
  const unknown = (why: string): Finding => ({
    name,
    status: "notice",
    seen: `its claim must grow from ${size} to ${wanted}; it is unknown whether its storage class allows that: ${why}`,
  });
  if (api === undefined) return unknown("the cluster cannot be asked");
  try {
    const claim = await api.get<{ spec?: { storageClassName?: string } }>(
      `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${addon}`,
    );
    const { storageClassName: kind } = claim.spec ?? {};
    const grows = kind
      ? (await api.get<{ allowVolumeExpansion?: boolean }>(`/apis/storage.k8s.io/v1/storageclasses/${kind}`))
          .allowVolumeExpansion === true
      : false;
    if (grows)
      return { name, status: "ok", seen: `its claim grows from ${size} to ${wanted}, which class ${kind} allows` };
    return {
      name,
      status: "refused",
      seen: `its claim has ${size} and cannot grow to ${wanted}: ${kind ? `class ${kind} has no allowVolumeExpansion` : "it has no storage class"}`,
      todo,
    };
  } catch (error) {
    if (error instanceof ApiError || error instanceof Unreachable) return unknown(error.message);
    throw error;
  }
}
