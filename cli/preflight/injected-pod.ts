import { systemNamespace } from "../../components/mesh/system-namespace";
import { isMap } from "../../base/values";
import { chartValues } from "../../components/mesh/values";
import { images } from "../../versions";
import type { Settings } from "../../config";
import { ApiError, type Api } from "../../kube";
import type { Finding } from "./finding";

/** Names no user and no policy of a cluster would choose. */
const NAME = "istio-lab-preflight";

/**
 * A pod as istiod's webhook makes it of a lesson's: with the images and the rights that policies look at
 * (istio.io/istio, manifests/charts/istio-control/istio-discovery/files/injection-template.yaml).
 */
export function injectedPod(settings: Pick<Settings, "istio" | "gatewayApi">): object {
  const { istiod } = chartValues(settings.istio, settings.gatewayApi ? "gateway-api" : "istio");
  const proxy = `${settings.istio.hub}/proxyv2:${settings.istio.version}`;
  // Istio's CNI plugin sets up a pod's network in the place of its init container, which then needs no rights.
  const hasCni = [istiod.cni, isMap(istiod.pilot) ? istiod.pilot.cni : undefined].some(
    (cni) => isMap(cni) && String(cni.enabled) === "true",
  );
  const setup = {
    name: hasCni ? "istio-validation" : "istio-init",
    image: proxy,
    securityContext: hasCni
      ? user(1337)
      : { ...user(0), runAsNonRoot: false, capabilities: { add: ["NET_ADMIN", "NET_RAW"], drop: ["ALL"] } },
    resources,
  };
  const sidecar = {
    name: "istio-proxy",
    image: proxy,
    restartPolicy: "Always",
    securityContext: user(1337),
    resources,
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    // Without this label, a webhook that is there already would inject a second sidecar.
    metadata: { name: NAME, labels: { "sidecar.istio.io/inject": "false" } },
    spec: {
      automountServiceAccountToken: false,
      initContainers: [setup, sidecar],
      containers: [{ name: "app", image: images.curl, resources }],
    },
  };
}

/** A quota that asks for requests and limits is another finding than the rights. */
const resources = { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "100m", memory: "64Mi" } };

function user(id: number): object {
  return {
    runAsUser: id,
    runAsGroup: id,
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    privileged: false,
    readOnlyRootFilesystem: id !== 0,
    capabilities: { drop: ["ALL"] },
  };
}

/**
 * Tries an injected pod by dry run: admission policies answer as they will for each pod of a lesson. It is tried in the
 * seat's namespaces that exist, or else in `default`, where only a policy for the whole cluster says something.
 * @param wanted the seat's namespaces
 * @param there all namespaces of the cluster
 * @param ours the seat is in this cluster. Its pods may run already, so that nothing is refused.
 */
export async function injectedPodFinding(
  api: Api,
  pod: object,
  { wanted, there, ours }: { wanted: readonly string[]; there: readonly string[]; ours: boolean },
): Promise<Finding[]> {
  const own = wanted.filter((namespace) => there.includes(namespace) && !isMeshes(namespace));
  const tried = own.length > 0 ? own : ["default"];
  const answers = await Promise.all(
    tried.map(async (namespace) => ({ namespace, ...(await answerOf(api, namespace, pod)) })),
  );
  const name = "injected pod";
  const refused = answers.filter(({ refusal }) => refusal !== undefined && !(own.length === 0 && isQuota(refusal)));
  const unknown = answers.filter(({ unknown }) => unknown !== undefined);
  if (refused.length > 0)
    return [
      {
        name,
        status: ours ? "notice" : "refused",
        seen: `namespace ${refused.map(({ namespace }) => namespace).join(", ")}: ${refused[0]!.refusal}`,
        todo: `Every pod of a lesson gets a sidecar, and an init container with NET_ADMIN and NET_RAW. Make the named policy allow it in ${wanted.filter((namespace) => !isMeshes(namespace)).join(", ")}, or choose another cluster.`,
      },
    ];
  if (unknown.length > 0)
    return [{ name, status: "notice", seen: `it is unknown whether policies allow one: ${unknown[0]!.unknown}` }];
  return [{ name, status: "ok", seen: `no policy refuses one in ${tried.join(", ")}, by dry run` }];
}

function isMeshes(namespace: string): boolean {
  return namespace === systemNamespace || namespace === "istio-ingress";
}

function isQuota(refusal: string): boolean {
  return /exceeded quota|failed quota/.test(refusal);
}

async function answerOf(api: Api, namespace: string, pod: object): Promise<{ refusal?: string; unknown?: string }> {
  try {
    await api.request("POST", `/api/v1/namespaces/${namespace}/pods`, { body: pod, query: { dryRun: "All" } });
    return {};
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.alreadyExists) return {};
    // RBAC's answer is about the user, and a missing account is not a policy. A webhook may also refuse every dry run.
    const isUsers = / cannot create resource |error looking up service account|does not support dry run/.test(
      error.message,
    );
    const isPolicys = error.code === 403 || /denied (the )?request|admission webhook/.test(error.message);
    return isPolicys && !isUsers ? { refusal: error.message } : { unknown: error.message };
  }
}
