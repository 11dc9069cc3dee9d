import { describe, expect, it } from "vitest";
import { backendOf, podPort } from "../../../cli/open/forward";
import { kialiToken } from "../../../cli/open/choose";
import type { KubeObject } from "../../../kube";

const service = (ports: object[]): KubeObject => ({ metadata: { name: "tracing" }, spec: { ports } });
const pod: KubeObject = {
  metadata: { name: "jaeger-x" },
  spec: {
    containers: [
      { name: "a", ports: [{ name: "query", containerPort: 16686 }] },
      { name: "b", ports: [{ name: "admin", containerPort: 9090 }] },
    ],
  },
};

describe("the pod's port behind a Service's", () => {
  it.each([
    ["by number", [{ port: 80, targetPort: 16686 }], 80, 16686],
    ["by the name that the pod gives it", [{ port: 80, targetPort: "query" }], 80, 16686],
    ["by the name that its second container gives it", [{ port: 90, targetPort: "admin" }], 90, 9090],
    ["the same, where none is named", [{ port: 9411 }], 9411, 9411],
    [
      "of several",
      [
        { port: 80, targetPort: 1 },
        { port: 90, targetPort: 2 },
      ],
      90,
      2,
    ],
  ])("%s", (_, ports, port, target) => {
    expect(podPort(service(ports), pod, port)).toBe(target);
  });

  it("is nobody's where the pod has no port of the name", () => {
    expect(() => podPort(service([{ port: 80, targetPort: "ui" }]), pod, 80)).toThrow("pod jaeger-x has no port ui");
  });
});

describe("the pod behind a Service", () => {
  const target = { namespace: "istio-system", service: "tracing", port: 80, localPort: 16686 };
  const one = (name: string, ready: string, more: object = {}) => ({
    ...pod,
    metadata: { name, ...more },
    status: { conditions: [{ type: "Ready", status: ready }] },
  });
  const api = (...items: object[]) => {
    const asked: unknown[] = [];
    return {
      asked,
      request: async (_: string, path: string, request?: unknown) =>
        (asked.push([path, request]),
        path.endsWith("/pods")
          ? { items }
          : {
              ...service([{ port: 80, targetPort: "query" }]),
              spec: { selector: { app: "jaeger", tier: "ui" }, ports: [{ port: 80, targetPort: "query" }] },
            }) as never,
    };
  };

  it("is one that is ready, and stays", async () => {
    const asking = api(one("old", "False"), one("going", "True", { deletionTimestamp: "now" }), one("new", "True"));
    expect(await backendOf(asking, target)).toEqual({ pod: "new", port: 16686 });
    expect(asking.asked[1]).toEqual([
      "/api/v1/namespaces/istio-system/pods",
      { query: { labelSelector: "app=jaeger,tier=ui" } },
    ]);
  });

  it.each([
    ["there is none", []],
    ["none is ready", [one("old", "False"), one("lost", "Unknown")]],
    ["the last is on its way out", [one("going", "True", { deletionTimestamp: "now" })]],
  ])("is nobody where %s", async (_, items) => {
    await expect(backendOf(api(...items), target)).rejects.toThrow("none of its pods is ready");
  });
});

describe("a token for Kiali", () => {
  it("is its own ServiceAccount's, for an hour", async () => {
    const asked: unknown[] = [];
    const request = async (...args: unknown[]) => (asked.push(args), { status: { token: "t" } });
    expect(await kialiToken({ request } as never, "istio-system")).toBe("t");
    expect(asked).toEqual([
      [
        "POST",
        "/api/v1/namespaces/istio-system/serviceaccounts/kiali/token",
        { body: expect.objectContaining({ spec: { expirationSeconds: 3600 } }) },
      ],
    ]);
  });
});
