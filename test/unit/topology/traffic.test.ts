import { describe, expect, it } from "vitest";
import { ServiceSilent } from "../../../cli/check/seat";
import { callsOf } from "../../../cli/topology/calls";
import { namesOf } from "../../../cli/topology/names";
import { measure, queries } from "../../../cli/topology/traffic";
import { prometheus, seat, stands, type Series } from "./world";

const names = namesOf(seat("istio"));

function envoy(namespace: string, app: string, version: string, cluster: string, value: number, response_code_class = "2xx"): Series {
  return { labels: { namespace, app, version, cluster_name: cluster, response_code_class }, value };
}

describe("measured calls", () => {
  it("come from Envoy's counters where the proxies have no others", async () => {
    const { calls, traffic } = await measure(
      prometheus({
        envoy_cluster_upstream_rq: [
          envoy("istio-ingress", "istio-ingressgateway", "", "outbound|9080|v1|productpage.default.svc.cluster.local", 10),
          envoy("default", "productpage", "v1", "outbound|9080|v1|reviews.default.svc.cluster.local", 6),
          envoy("default", "productpage", "v1", "outbound|9080|v3|reviews.default.svc.cluster.local", 3),
          envoy("default", "productpage", "v1", "outbound|9080|v3|reviews.default.svc.cluster.local", 1, "5xx"),
          envoy("default", "reviews", "v3", "outbound|9080|v1|ratings.default.svc.cluster.local", 4),
          envoy("client", "client", "v1", "outbound|80||api.blog.svc.cluster.local", 0.1, "4xx"),
          envoy("client", "client", "v1", "outbound|443||example.com", 5),
          envoy("client", "client", "v1", "outbound|80||echo-service.client.svc.cluster.local", 0),
        ],
      }),
      names,
    );
    expect(calls).toEqual([
      { from: "gateway", to: { namespace: "default", service: "productpage" }, kind: "measured", rate: 10 },
      { from: { namespace: "default", service: "productpage", version: "v1" }, to: { namespace: "default", service: "reviews" }, kind: "measured", rate: 10, serverErrors: 1 },
      { from: { namespace: "default", service: "reviews", version: "v3" }, to: { namespace: "default", service: "ratings" }, kind: "measured", rate: 4 },
      { from: { namespace: "client", service: "client", version: "v1" }, to: { namespace: "blog", service: "api" }, kind: "measured", rate: 0.1, clientErrors: 0.1 },
    ]);
    expect(traffic).toMatchObject({ source: "prometheus", metric: "envoy", window: 60 });
    expect(traffic).toHaveProperty("versions", expect.arrayContaining([{ namespace: "default", service: "reviews", version: "v3", rate: 4 }]));
  });

  it("count for the app and its version where each version is a Service of its own", async () => {
    const series = [envoy("default", "productpage", "v1", "outbound|9080||reviews-v3.default.svc.cluster.local", 2), envoy("default", "productpage", "v1", "outbound|9080||reviews-v1.default.svc.cluster.local", 2)];
    const { calls, traffic } = await measure(prometheus({ envoy_cluster_upstream_rq: series }), namesOf(seat("gateway-api")));
    expect(calls).toMatchObject([{ to: { service: "reviews" }, rate: 4 }]);
    expect(traffic).toMatchObject({ versions: [{ service: "reviews", version: "v3", rate: 2 }, { service: "reviews", version: "v1", rate: 2 }] });
  });

  it("come from Istio's own metric where there is one", async () => {
    const labels = { source_workload_namespace: "default", source_app: "productpage", source_version: "v1", destination_service_namespace: "default", destination_service_name: "reviews" };
    const istio = [
      { labels: { ...labels, destination_version: "v1", response_code: "200" }, value: 2 },
      { labels: { ...labels, destination_version: "unknown", response_code: "503" }, value: 0.5 },
      { labels: { ...labels, source_workload_namespace: "istio-ingress", source_app: "istio-ingressgateway", destination_service_name: "productpage", destination_version: "v1", response_code: "0" }, value: 1 },
    ];
    const { calls, traffic } = await measure(prometheus({ istio_requests_total: istio, envoy_cluster_upstream_rq: [] }), names);
    expect(calls).toEqual([
      { from: { namespace: "default", service: "productpage", version: "v1" }, to: { namespace: "default", service: "reviews" }, kind: "measured", rate: 2.5, serverErrors: 0.5 },
      { from: "gateway", to: { namespace: "default", service: "productpage" }, kind: "measured", rate: 1, serverErrors: 1 },
    ]);
    expect(traffic).toMatchObject({ metric: "istio_requests_total", versions: [{ service: "reviews", version: "v1", rate: 2 }, { service: "productpage", version: "v1", rate: 1 }] });
  });

  it("are none, and say why, where Prometheus is not there", async () => {
    const silent = (reason: "missing" | "silent") => ({ fromService: () => Promise.reject(new ServiceSilent(reason, "no answer")) });
    expect(await measure(silent("missing"), names)).toEqual({ calls: [], traffic: { source: "none", reason: "Prometheus is not installed" } });
    expect(await measure(silent("silent"), names)).toEqual({ calls: [], traffic: { source: "none", reason: "Prometheus is not ready" } });
    await expect(measure({ fromService: () => Promise.reject(new Error("another")) }, names)).rejects.toThrow("another");
  });

  it("are none where nothing was counted, and no metric is named for it", async () => {
    expect(await measure(prometheus({}), names)).toEqual({ calls: [], traffic: { source: "prometheus", window: 60, versions: [] } });
  });
});

it("are asked of the callers' proxies alone, over a minute: else each call would count twice, and long-gone ones too", () => {
  expect(queries.istio).toMatch(/rate\(istio_requests_total\{reporter="source"\}\[60s\]\)/);
  expect(queries.envoy).toMatch(/rate\(envoy_cluster_upstream_rq\{cluster_name=~"outbound\[\|\]\.\*"\}\[60s\]\)/);
});

it("of two namespaces to services of one name are two calls, and no answer is a failure as an error is", async () => {
  const { calls } = await measure(
    prometheus({ istio_requests_total: ["blog", "client"].flatMap((namespace) => [["200", 2], ["0", 1], ["503", 1], ["404", 1]].map(([response_code, value]) => ({ labels: { source_workload_namespace: "default", source_app: "productpage", destination_service_namespace: namespace, destination_service_name: "api", response_code: String(response_code) }, value: Number(value) }))) }),
    names,
  );
  expect(calls.map(({ to, rate, clientErrors, serverErrors }) => [to.namespace, rate, clientErrors, serverErrors])).toEqual([["blog", 5, 1, 2], ["client", 5, 1, 2]]);
});

describe("calls that nobody measured", () => {
  const { namespaces } = stands(seat("istio"));
  const to = (kind: string, calls = callsOf(namespaces, true, [])) => calls.filter((call) => call.kind === kind).map((call) => call.to.service);

  it("are those of the routes and of the lessons' code, and differ from measured ones", () => {
    expect(to("routed")).toEqual(["productpage", "temperature-api", "my-blog"]);
    expect(to("written")).toEqual(["echo-service", "details", "reviews", "ratings", "ratings", "temperature-service", "api"]);
    expect(to("measured")).toEqual([]);
  });

  it("are not drawn beside the same call measured, but for a version that was not seen", () => {
    const calls = callsOf(namespaces, true, [
      { from: "gateway", to: { namespace: "default", service: "productpage" }, kind: "measured", rate: 1 },
      { from: { namespace: "default", service: "reviews", version: "v3" }, to: { namespace: "default", service: "ratings" }, kind: "measured", rate: 1 },
    ]);
    expect(to("routed", calls)).toEqual(["temperature-api", "my-blog"]);
    expect(calls.filter((call) => call.to.service === "ratings").map(({ from, kind }) => [(from as { version?: string }).version, kind])).toEqual([["v3", "measured"], ["v2", "written"]]);
  });

  it("are drawn beside a measured one to a service of the same name elsewhere", () => {
    const calls = callsOf(namespaces, true, [{ from: "gateway", to: { namespace: "blog", service: "api" }, kind: "measured", rate: 1 }, { from: { namespace: "blog", service: "frontend" }, to: { namespace: "blog", service: "my-blog" }, kind: "measured", rate: 1 }]);
    expect(to("written", calls)).toContain("api");
    expect(to("routed", calls)).toContain("my-blog");
  });

  it("are none where a lesson is not installed; nor are calls to what is not in the picture", () => {
    expect(callsOf(namespaces.filter(({ name }) => name === "blog"), false, [{ from: { namespace: "blog", service: "frontend" }, to: { namespace: "gone", service: "x" }, kind: "measured", rate: 1 }])).toEqual([
      { from: { namespace: "blog", service: "frontend" }, to: { namespace: "blog", service: "api" }, kind: "written" },
    ]);
  });
});
