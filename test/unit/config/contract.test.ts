import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../config";
import { shownOpenly } from "../../../components/config-value";
import { accessLog } from "../../../components/mesh/access-log";
import { extensionProviders } from "../../../components/mesh/telemetry-providers";
import { problems } from "./problems";

/** A config with one Helm value, at a path such as `istiod.global.istioNamespace`. */
function withValue(path: string, value: unknown) {
  const [, before, annotation] = /^(.*podAnnotations)\.(.*)$/.exec(path) ?? [];
  const keys = before === undefined ? path.split(".") : [...before.split("."), annotation!];
  const map = keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  return { istio: JSON.stringify({ values: map }) };
}

const injection =
  "the lessons' namespaces carry istio-injection=enabled, which only an istiod without a revision serves";
const service =
  "the program makes the Service istio-ingressgateway itself; istio-lab:existing.serviceType and existing.serviceAnnotations set its type and annotations";

describe("a Helm value that breaks the seat is refused by name", () => {
  test.each([
    ["istiod.revision", "canary", injection],
    ["istiod.revision", null, injection],
    ["gateway.revision", "canary", injection],
    ["gateway.service", { type: "LoadBalancer" }, service],
    ["gateway.service", { type: "None", annotations: {} }, service],
    ["gateway.name", "my-gateway", "the gateway's objects are named istio-ingressgateway"],
    ["istiod.global.istioNamespace", "mesh", "istiod and what belongs to it are in namespace istio-system"],
    ["base.global.istioNamespace", "mesh", "istiod and what belongs to it are in namespace istio-system"],
    ["istiod.meshConfig.rootNamespace", "mesh", "istiod and what belongs to it are in namespace istio-system"],
    ["istiod.meshConfig.trustDomain", "example.org", "the lessons' policies name callers of cluster.local"],
    ["istiod.global.proxy.statusPort", 15099, "the metrics and the probes of the proxies are read at port 15020"],
    ["istiod.global.operatorManageWebhooks", true, "the injecting webhook would be missing"],
    ["istiod.global.operatorManageWebhooks", "true", "the injecting webhook would be missing"],
    ["istiod.global.proxy.autoInject", "disabled", "istiod's webhook would add no sidecar to the lessons' pods"],
    ["base.defaultRevision", "canary", "the validating webhook would lead to an istiod that does not exist"],
    ["istiod.istiodRemote.injectionURL", "https://a.example", "the webhooks have to lead to this seat's istiod"],
    ["istiod.profile", "remote", "that profile installs no istiod"],
    [
      "istiod.env.PILOT_SCOPE_GATEWAY_TO_NAMESPACE",
      true,
      "the gateway and the lessons are in different namespaces, and must see each other's objects",
    ],
    [
      "istiod.meshConfig.defaultServiceExportTo",
      ["."],
      "the gateway and the lessons are in different namespaces, and must see each other's objects",
    ],
    [
      "gateway.podAnnotations.inject.istio.io/templates",
      "sidecar",
      "istiod's webhook would not turn the pod into a gateway",
    ],
    ["base.base.excludedCRDs", ["gateways.networking.istio.io"], "the seat has objects of a kind that is named here"],
    [
      "istiod.meshConfig.extensionProviders",
      [extensionProviders[0]],
      "the list replaces the program's own, whose zipkin and otel its Telemetry objects name",
    ],
    ["istiod.meshConfig.accessLogFormat", '{"a":"b"}', "check reads the proxies' access log in its own format"],
    ["istiod.meshConfig.accessLogFormat", "%PROTOCOL%", "check reads the proxies' access log in its own format"],
  ])("%s=%j", (path, value, why) => {
    expect(problems(withValue(path, value))).toEqual([
      `istio-lab:istio.values.${path}: ${shownOpenly(value)} cannot be set: ${why}`,
    ]);
  });

  test("a secret one, without its value", () => {
    const secrets = ["istio.values.istiod.revision"];
    expect(() => parseConfig({ target: "embedded", ...withValue("istiod.revision", "hunter2") }, { secrets })).toThrow(
      `istio-lab:istio.values.istiod.revision: a secret value (a text of one line, not shown) cannot be set: ${injection}`,
    );
  });

  test("what istiod needs to make the gateway, only with the Gateway API", () => {
    const value = withValue("istiod.env.PILOT_ENABLE_GATEWAY_API", "false");
    expect(problems({ ...value, gatewayApi: "true" })).toEqual([
      'istio-lab:istio.values.istiod.env.PILOT_ENABLE_GATEWAY_API: "false" cannot be set: istiod has to create the gateway\'s pods where gatewayApi is true',
    ]);
    expect(parseConfig({ target: "embedded", ...value }).gatewayApi).toBe(false);
  });
});

describe("any other Helm value passes", () => {
  test.each([
    ["istiod.revision", ""],
    ["gateway.service", { type: "None" }],
    ["gateway.name", "istio-ingressgateway"],
    ["gateway.kind", "DaemonSet"],
    ["gateway.podAnnotations.example.org", "x"],
    ["gateway.podAnnotations.inject.istio.io/templates", "gateway,mine"],
    ["gateway.securityContext", { runAsUser: 1 }],
    ["gateway.autoscaling.enabled", true],
    ["istiod.global.istioNamespace", "istio-system"],
    ["istiod.global.proxy.statusPort", "15020"],
    ["istiod.global.proxy.privileged", true],
    ["istiod.global.imagePullSecrets", ["mine"]],
    ["istiod.global.logging.level", "default:debug"],
    ["istiod.profile", "ambient"],
    ["istiod.replicaCount", 2],
    ["istiod.cni.enabled", true],
    ["istiod.env.ENABLE_NATIVE_SIDECARS", "false"],
    ["istiod.env.PILOT_SCOPE_GATEWAY_TO_NAMESPACE", "false"],
    ["istiod.meshConfig.outboundTrafficPolicy.mode", "REGISTRY_ONLY"],
    ["istiod.meshConfig.enableAutoMtls", true],
    ["istiod.meshConfig.extensionProviders", [...extensionProviders, { name: "mine" }]],
    [
      "istiod.meshConfig.accessLogFormat",
      JSON.stringify({ ...JSON.parse(accessLog.accessLogFormat), mine: "%BYTES_SENT%" }),
    ],
    ["base.base.excludedCRDs", ["wasmplugins.extensions.istio.io"]],
    ["base.experimental.stableValidationPolicy", true],
    ["istiod.global", "a text where a map belongs, which Helm refuses"],
  ])("%s=%j", (path, value) => {
    const settings = parseConfig({ target: "embedded", ...withValue(path, value) });
    expect({ istio: JSON.stringify({ values: settings.istio.values }) }).toEqual(withValue(path, value));
  });
});
