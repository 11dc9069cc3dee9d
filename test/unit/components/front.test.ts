import { expect, test } from "vitest";
import { named } from "./graph";
import { config, runProgram } from "./program";

const front = async (changes: Record<string, unknown>) =>
  named((await runProgram(config({ addons: [], ...changes }))).resources, "front-service").inputs;

const ports = [
  { name: "status-port", appProtocol: "tcp", protocol: "TCP", port: 15021, targetPort: 15021, nodePort: 31021 },
  { name: "http2", protocol: "TCP", port: 80, targetPort: 80, nodePort: 31380 },
  { name: "https", protocol: "TCP", port: 443, targetPort: 443, nodePort: 31390 },
];

test("is one Service on fixed node ports before the gateway that Helm made", async () => {
  expect(await front({})).toEqual({
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: "istio-ingressgateway",
      namespace: "istio-ingress",
      annotations: { "pulumi.com/skipAwait": "true" },
    },
    spec: { type: "NodePort", selector: { istio: "ingressgateway" }, ports },
  });
});

test("before the one that istiod made, only its selector differs", async () => {
  const { spec, ...rest } = await front({});
  expect(await front({ gatewayApi: true })).toEqual({
    ...rest,
    spec: { ...spec, selector: { "gateway.networking.k8s.io/gateway-name": "istio-ingressgateway" } },
  });
});

test("of type ClusterIP, it has no node ports", async () => {
  const { spec } = await front({ embedded: { serviceType: "ClusterIP" } });
  expect(spec).toEqual({
    type: "ClusterIP",
    selector: { istio: "ingressgateway" },
    ports: ports.map(({ nodePort, ...port }) => port),
  });
});

test("it turns to the gateway that istiod made only when that one's pod is ready, for which the plugin waits", async () => {
  const { resources } = await runProgram(config({ addons: [], gatewayApi: true }));
  const ready = named(resources, "front-ready");
  expect(ready.dependsOn).toContain("istio-gateway");
  expect(ready.inputs.metadata).toEqual({ name: "istio-ingressgateway-ready", namespace: "istio-ingress" });
  expect(ready.inputs.spec.selector).toEqual(named(resources, "front-service").inputs.spec.selector);
  expect(named(resources, "front-service").dependsOn).toContain("front-ready");
});
