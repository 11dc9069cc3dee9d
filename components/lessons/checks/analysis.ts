import type { Settings } from "../../../config";
import { ISTIOCTL } from "../../../base/advice";
import { ingressNamespace } from "../../mesh/gateway";
import { systemNamespace } from "../../mesh/system-namespace";
import { lessonOf, shortName } from "../catalog";
import type { Aspect, CheckSpec } from "./check";

/** The `lesson` of the check of the mesh itself. */
export const MESH = "istio";

/** What istioctl's analyzers read. */
const aspects: readonly Aspect[] = [
  "gateway",
  "route",
  "split",
  "pods",
  "sidecar",
  "mtls",
  "policy",
  "authorization",
  "protocol",
];

/** Istio's own analyzers find nothing wrong with the lesson's objects. */
export function lessonAnalysis(name: Settings["lessons"][number], settings: Settings): CheckSpec {
  const { namespace, workloads } = lessonOf(name);
  const services = workloads(settings).map(({ app }) => app);
  return {
    kind: "analysis",
    lesson: shortName(name),
    name: `${shortName(name)}-analysis`,
    title: "istioctl analyze finds nothing wrong",
    about: { namespace, services, aspects },
    lookAt: `${ISTIOCTL} analyze -n ${namespace}`,
    images: [],
    namespaces: [namespace],
    // The namespace `default` may have other users, whose pods and Services are not the lesson's matter.
    ...(namespace === "default" && { apps: services }),
  };
}

/** Istio's own analyzers find nothing wrong with the control plane, the gateway and the cluster's own objects. */
export function meshAnalysis({ gatewayApi }: Pick<Settings, "gatewayApi">): CheckSpec {
  return {
    kind: "analysis",
    lesson: MESH,
    name: "istio-analysis",
    title: "istioctl analyze finds nothing wrong with the mesh itself",
    about: { namespace: systemNamespace, beyond: [ingressNamespace], services: [], aspects },
    lookAt: `${ISTIOCTL} analyze -A`,
    images: [],
    namespaces: [systemNamespace, ingressNamespace],
    // Somebody's cluster may have another release of the Gateway API, which the seat does not use.
    cluster: { except: gatewayApi ? [] : [".gateway.networking.k8s.io"] },
  };
}
