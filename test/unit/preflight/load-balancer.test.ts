import { beforeEach, describe, expect, it } from "vitest";
import { releaseLoadBalancer, restoreLoadBalancers } from "../../../cli/preflight/load-balancer";
import { ApiError, type Api } from "../../../kube";

interface Service {
  metadata: { namespace: string; name: string; annotations?: Record<string, string> };
  spec: Record<string, unknown>;
}

/** Stands for the API server: one Service, which it keeps as it is written. */
let service: Service;
let refusal: string | undefined;
const api = {
  get: async (path: string) => {
    if (path !== `/api/v1/namespaces/${service.metadata.namespace}/services/${service.metadata.name}`)
      throw new ApiError(404, "not found");
    return structuredClone(service);
  },
  list: async () => [structuredClone(service)],
  request: async (_method: string, _path: string, { body }: { body: Service }) => {
    if (refusal !== undefined) throw new ApiError(422, refusal);
    service = body;
  },
} as unknown as Api;

const spec = {
  type: "LoadBalancer",
  clusterIP: "10.96.0.7",
  clusterIPs: ["10.96.0.7"],
  selector: { app: "kong" },
  loadBalancerSourceRanges: ["10.0.0.0/8"],
  ports: [{ port: 80, nodePort: 31380 }],
};
beforeEach(() => {
  service = {
    metadata: { namespace: "kong", name: "kong-proxy", annotations: { theirs: "stays" } },
    spec: structuredClone(spec),
  };
  refusal = undefined;
});

describe("--release-lb", () => {
  it("turns the Service to ClusterIP, with what it was in an annotation", async () => {
    expect(await releaseLoadBalancer(api, "kong/kong-proxy", "x2")).toMatch(
      /^Service kong\/kong-proxy was of type LoadBalancer and is now ClusterIP\. .*--restore-lb kong\/kong-proxy/,
    );
    expect(service.spec.type).toBe("ClusterIP");
    expect(service.spec).not.toHaveProperty("loadBalancerSourceRanges");
    expect(service.metadata.annotations).toEqual({ theirs: "stays", "istio-lab/released-spec": JSON.stringify(spec) });
  });

  it.each<[string, string, Partial<Service["spec"]>, RegExp]>([
    ["one that is not there", "kong/other", {}, /^The cluster has no Service kong\/other\.$/],
    ["one that is no name", "kong-proxy", {}, /^kong-proxy is not a Service's name: write NAMESPACE\/NAME/],
    [
      "one that holds nothing",
      "kong/kong-proxy",
      { type: "ClusterIP" },
      /a Service of type ClusterIP holds neither an address nor a node port/,
    ],
  ])("refuses %s, and changes nothing", async (_, id, changes, text) => {
    Object.assign(service.spec, changes);
    const before = structuredClone(service);
    await expect(releaseLoadBalancer(api, id, "x2")).rejects.toThrow(text);
    expect(service).toEqual(before);
  });

  it("refuses the seat's own", async () => {
    service.metadata = { namespace: "istio-ingress", name: "istio-ingressgateway" };
    await expect(releaseLoadBalancer(api, "istio-ingress/istio-ingressgateway", "x2")).rejects.toThrow(
      /this Service belongs to the seat's own gateway/,
    );
  });

  it("a second time is refused: the first spec is the one to keep", async () => {
    await releaseLoadBalancer(api, "kong/kong-proxy", "x2");
    await expect(releaseLoadBalancer(api, "kong/kong-proxy", "x2")).rejects.toThrow(
      "--release-lb kong/kong-proxy: it is already released. `--restore-lb kong/kong-proxy` restores it.",
    );
  });
});

describe("--restore-lb", () => {
  it.each([undefined, "kong/kong-proxy"])("puts it back as it was, and takes the annotation away (%s)", async (id) => {
    const before = structuredClone(service);
    await releaseLoadBalancer(api, "kong/kong-proxy", "x2");
    expect(await restoreLoadBalancers(api, id)).toEqual(["Service kong/kong-proxy is of type LoadBalancer again."]);
    expect(service).toEqual(before);
  });

  it("keeps a selector that was changed meanwhile", async () => {
    await releaseLoadBalancer(api, "kong/kong-proxy", "x2");
    service.spec.selector = { app: "kong-3" };
    await restoreLoadBalancers(api);
    expect(service.spec).toEqual({ ...spec, selector: { app: "kong-3" } });
  });

  it("refuses where nothing was released, and passes on why the server refuses", async () => {
    await expect(restoreLoadBalancers(api)).rejects.toThrow("--restore-lb: this cluster has no released Service.");
    await expect(restoreLoadBalancers(api, "kong/kong-proxy")).rejects.toThrow(
      "--restore-lb kong/kong-proxy: this Service is not released.",
    );
    await releaseLoadBalancer(api, "kong/kong-proxy", "x2");
    refusal = "provided port is already allocated";
    await expect(restoreLoadBalancers(api)).rejects.toThrow(
      "Service kong/kong-proxy could not be changed: provided port is already allocated",
    );
  });
});
