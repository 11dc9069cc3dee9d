import { expect, test } from "vitest";
import { isKnownByName, type ClusterKind } from "../../../components/cluster/existing/inventory";

/** What Istio's charts render cluster-wide; test/engine/existing.test.ts compares the names with Helm's own records. */
test.each<[ClusterKind, string]>([
  ["ClusterRole", "istiod-clusterrole-istio-system"],
  ["ClusterRole", "istiod-gateway-controller-istio-system"],
  ["ClusterRole", "istio-reader-clusterrole-istio-system"],
  ["ClusterRoleBinding", "istiod-clusterrole-istio-system"],
  ["ClusterRoleBinding", "istiod-gateway-controller-istio-system"],
  ["ClusterRoleBinding", "istio-reader-clusterrole-istio-system"],
  ["MutatingWebhookConfiguration", "istio-sidecar-injector"],
  ["MutatingWebhookConfiguration", "istio-revision-tag-default"],
  ["ValidatingWebhookConfiguration", "istiod-default-validator"],
  ["ValidatingWebhookConfiguration", "istio-validator-istio-system"],
  ["ValidatingAdmissionPolicy", "stable-channel-default-policy.istio.io"],
  ["CustomResourceDefinition", "gateways.networking.istio.io"],
])("%s %s is known as Istio's without a label", (kind, name) => expect(isKnownByName(kind, name)).toBe(true));

test.each<[ClusterKind, string]>([
  ["ClusterRole", "istiodish"],
  ["ClusterRole", "my-istiod"],
  ["ClusterRole", "kiali"],
  ["MutatingWebhookConfiguration", "cert-manager-webhook"],
  ["CustomResourceDefinition", "gateways.example.com"],
])("%s %s is somebody's", (kind, name) => expect(isKnownByName(kind, name)).toBe(false));
