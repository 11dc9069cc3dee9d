import { KUBECTL } from "../../../base/advice";
import type { Settings } from "../../../config";
import type { CheckSpec } from "../../lessons/checks/check";
import { systemNamespace } from "../../mesh/system-namespace";
import { addonImages } from "../../../versions";
import { aboutAddon, lesson } from "../check-base";

const serviceAccount = "kiali";
/** The program's own Service in front of Kiali, which holds the node port. */
const nodePortService = "kialinodeport";

export function kialiChecks({ kiali }: Settings): CheckSpec[] {
  return [
    {
      kind: "node-port",
      lesson,
      name: "kiali-answer",
      title: "Kiali answers at its node port",
      about: aboutAddon([nodePortService, "kiali"], ["pods", "route"]),
      lookAt: `${KUBECTL} get service,endpointslices -n ${systemNamespace} -l kubernetes.io/service-name=${nodePortService}`,
      images: [addonImages.kiali],
      status: 302,
      body: '<a href="/kiali/">Found</a>.',
    },
    {
      kind: "rights",
      lesson,
      name: "kiali-view-only",
      title: "Kiali may look, and change nothing",
      about: aboutAddon([serviceAccount], ["rights"]),
      lookAt: `${KUBECTL} auth can-i --list --as system:serviceaccount:${systemNamespace}:${serviceAccount}`,
      // The API server itself gives the answers.
      images: [],
      ...(!kiali.viewOnly && {
        notApplicable:
          "the config lets Kiali change the mesh (istio-lab:kiali.viewOnly is false), for whoever brings a token",
      }),
      namespace: systemNamespace,
      serviceAccount,
      except: [{ verb: "create", resource: "tokenreviews" }],
      denied: [
        { verb: "patch", group: "networking.istio.io", resource: "virtualservices", namespace: "default" },
        { verb: "delete", group: "", resource: "pods", namespace: "default" },
        { verb: "create", group: "", resource: "pods", subresource: "portforward", namespace: systemNamespace },
        { verb: "patch", group: "apps", resource: "deployments", namespace: "default" },
        { verb: "create", group: "rbac.authorization.k8s.io", resource: "rolebindings", namespace: systemNamespace },
      ],
    },
  ];
}
