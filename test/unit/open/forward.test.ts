import { describe, expect, it } from "vitest";
import { podPort } from "../../../cli/open/forward";
import { kialiToken } from "../../../cli/open/token";
import type { KubeObject } from "../../../cli/check/seat";

const service = (ports: object[]): KubeObject => ({ metadata: { name: "tracing" }, spec: { ports } });
const pod: KubeObject = { metadata: { name: "jaeger-x" }, spec: { containers: [{ name: "a", ports: [{ name: "query", containerPort: 16686 }] }, { name: "b" }] } };

describe("the pod's port behind a Service's", () => {
  it.each([
    ["by number", [{ port: 80, targetPort: 16686 }], 80, 16686],
    ["by the name that the pod gives it", [{ port: 80, targetPort: "query" }], 80, 16686],
    ["the same, where none is named", [{ port: 9411 }], 9411, 9411],
    ["of several", [{ port: 80, targetPort: 1 }, { port: 90, targetPort: 2 }], 90, 2],
  ])("%s", (_, ports, port, target) => {
    expect(podPort(service(ports), pod, port)).toBe(target);
  });

  it("is nobody's where the pod has no port of the name", () => {
    expect(() => podPort(service([{ port: 80, targetPort: "ui" }]), pod, 80)).toThrow("pod jaeger-x has no port ui");
  });
});

describe("a token for Kiali", () => {
  it("is its own ServiceAccount's, for an hour", async () => {
    const asked: unknown[] = [];
    const json = async (...args: unknown[]) => (asked.push(args), { status: { token: "t" } });
    expect(await kialiToken({ json } as never, "istio-system")).toBe("t");
    expect(asked).toEqual([["POST", "/api/v1/namespaces/istio-system/serviceaccounts/kiali/token", { body: expect.objectContaining({ spec: { expirationSeconds: 3600 } }) }]]);
  });
});
