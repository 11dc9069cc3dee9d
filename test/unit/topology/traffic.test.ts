import { describe, expect, it } from "vitest";
import { ServiceSilent } from "../../../cli/seat/seat";
import { callsOf, measure, query } from "../../../cli/topology/traffic";
import { namesOf } from "../../../cli/topology/names";
import { prometheus, seat, stands, type Series } from "./world";

const names = namesOf(seat("istio"));

/** Requests of one caller's proxy, `from` and `to` written `namespace/app@version`. */
function sent(from: string, to: string, value: number, response_code = "200"): Series {
  const [, source_workload_namespace, source_app, source_version] = /^(.+)\/(.+)@(.*)$/.exec(from)!;
  const [, destination_service_namespace, destination_service_name, destination_version] = /^(.+)\/(.+)@(.*)$/.exec(
    to,
  )!;
  return {
    labels: {
      source_workload_namespace,
      source_app,
      source_version,
      destination_service_namespace,
      destination_service_name,
      destination_version,
      response_code,
    } as Series["labels"],
    value,
  };
}

describe("measured calls", () => {
  it("come from Istio's metric", async () => {
    const { calls, traffic } = await measure(
      prometheus({
        istio_requests_total: [
          sent("istio-ingress/istio-ingressgateway@unknown", "default/productpage@v1", 10),
          sent("default/productpage@v1", "default/reviews@v1", 6),
          sent("default/productpage@v1", "default/reviews@v3", 3),
          sent("default/productpage@v1", "default/reviews@unknown", 1, "503"),
          sent("default/reviews@v3", "default/ratings@v1", 4),
          sent("client/client@v1", "blog/api@v1", 0.1, "403"),
          sent("client/client@v1", "unknown/unknown@unknown", 5),
          sent("client/client@v1", "client/echo-service@v1", 0),
        ],
      }),
      names,
    );
    expect(calls).toEqual([
      { from: "gateway", to: { namespace: "default", service: "productpage" }, kind: "measured", rate: 10 },
      {
        from: { namespace: "default", service: "productpage", version: "v1" },
        to: { namespace: "default", service: "reviews" },
        kind: "measured",
        rate: 10,
        serverErrors: 1,
      },
      {
        from: { namespace: "default", service: "reviews", version: "v3" },
        to: { namespace: "default", service: "ratings" },
        kind: "measured",
        rate: 4,
      },
      {
        from: { namespace: "client", service: "client", version: "v1" },
        to: { namespace: "blog", service: "api" },
        kind: "measured",
        rate: 0.1,
        clientErrors: 0.1,
      },
    ]);
    expect(traffic).toMatchObject({ source: "prometheus", metric: "istio_requests_total", window: 60 });
    expect(traffic).toHaveProperty(
      "versions",
      expect.arrayContaining([{ namespace: "default", service: "reviews", version: "v3", rate: 3 }]),
    );
  });

  it("count for the app and its version where each version is a Service of its own", async () => {
    const series = [
      sent("default/productpage@v1", "default/reviews-v3@v3", 2),
      sent("default/productpage@v1", "default/reviews-v1@v1", 2),
    ];
    const { calls, traffic } = await measure(
      prometheus({ istio_requests_total: series }),
      namesOf(seat("gateway-api")),
    );
    expect(calls).toMatchObject([{ to: { service: "reviews" }, rate: 4 }]);
    expect(traffic).toMatchObject({
      versions: [
        { service: "reviews", version: "v3", rate: 2 },
        { service: "reviews", version: "v1", rate: 2 },
      ],
    });
  });

  it("are none, and say why, where Prometheus is not there", async () => {
    const silent = (reason: "missing" | "silent") => ({
      fromService: () => Promise.reject(new ServiceSilent(reason, "no answer")),
    });
    expect(await measure(silent("missing"), names)).toEqual({
      calls: [],
      traffic: { source: "none", reason: "Prometheus is not installed" },
    });
    expect(await measure(silent("silent"), names)).toEqual({
      calls: [],
      traffic: { source: "none", reason: "Prometheus is not ready" },
    });
    await expect(measure({ fromService: () => Promise.reject(new Error("another")) }, names)).rejects.toThrow(
      "another",
    );
  });

  it("are none where nothing was counted, and no metric is named for it", async () => {
    expect(await measure(prometheus({}), names)).toEqual({
      calls: [],
      traffic: { source: "prometheus", window: 60, versions: [] },
    });
  });
});

it("are asked of the callers' proxies alone, over a minute: else each call would count twice, and long-gone ones too", () => {
  expect(query).toMatch(/rate\(istio_requests_total\{reporter="source"\}\[60s\]\)/);
});

it("of two namespaces to services of one name are two calls, and no answer is a failure as an error is", async () => {
  const { calls } = await measure(
    prometheus({
      istio_requests_total: ["blog", "client"].flatMap((namespace) =>
        [
          ["200", 2],
          ["0", 1],
          ["503", 1],
          ["404", 1],
        ].map(([response_code, value]) => ({
          labels: {
            source_workload_namespace: "default",
            source_app: "productpage",
            destination_service_namespace: namespace,
            destination_service_name: "api",
            response_code: String(response_code),
          },
          value: Number(value),
        })),
      ),
    }),
    names,
  );
  expect(
    calls.map(({ to, rate, clientErrors, serverErrors }) => [to.namespace, rate, clientErrors, serverErrors]),
  ).toEqual([
    ["blog", 5, 1, 2],
    ["client", 5, 1, 2],
  ]);
});

describe("calls that nobody measured", () => {
  const { namespaces } = stands(seat("istio"));
  const to = (kind: string, calls = callsOf(namespaces, true, [])) =>
    calls.filter((call) => call.kind === kind).map((call) => call.to.service);

  it("are those of the routes and of the lessons' code, and differ from measured ones", () => {
    expect(to("routed")).toEqual(["productpage", "temperature-api", "my-blog"]);
    expect(to("written")).toEqual([
      "echo-service",
      "details",
      "reviews",
      "ratings",
      "ratings",
      "temperature-service",
      "api",
    ]);
    expect(to("measured")).toEqual([]);
  });

  it("are not drawn beside the same call measured, but for a version that was not seen", () => {
    const calls = callsOf(namespaces, true, [
      { from: "gateway", to: { namespace: "default", service: "productpage" }, kind: "measured", rate: 1 },
      {
        from: { namespace: "default", service: "reviews", version: "v3" },
        to: { namespace: "default", service: "ratings" },
        kind: "measured",
        rate: 1,
      },
    ]);
    expect(to("routed", calls)).toEqual(["temperature-api", "my-blog"]);
    expect(
      calls
        .filter((call) => call.to.service === "ratings")
        .map(({ from, kind }) => [(from as { version?: string }).version, kind]),
    ).toEqual([
      ["v3", "measured"],
      ["v2", "written"],
    ]);
  });

  it("are drawn beside a measured one to a service of the same name elsewhere", () => {
    const calls = callsOf(namespaces, true, [
      { from: "gateway", to: { namespace: "blog", service: "api" }, kind: "measured", rate: 1 },
      {
        from: { namespace: "blog", service: "frontend" },
        to: { namespace: "blog", service: "my-blog" },
        kind: "measured",
        rate: 1,
      },
    ]);
    expect(to("written", calls)).toContain("api");
    expect(to("routed", calls)).toContain("my-blog");
  });

  it("are none where a lesson is not installed; nor are calls to what is not in the picture", () => {
    expect(
      callsOf(
        namespaces.filter(({ name }) => name === "blog"),
        false,
        [
          {
            from: { namespace: "blog", service: "frontend" },
            to: { namespace: "gone", service: "x" },
            kind: "measured",
            rate: 1,
          },
        ],
      ),
    ).toEqual([
      { from: { namespace: "blog", service: "frontend" }, to: { namespace: "blog", service: "api" }, kind: "written" },
    ]);
  });
});
