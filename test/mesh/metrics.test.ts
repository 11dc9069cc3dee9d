import { beforeAll, describe, expect, it } from "vitest";
import { get, until } from "../support/http";
import { sharedSeat } from "../support/shared-seat";

const seat = sharedSeat();

/** A fault of httpbin's, and a door for callers without a proxy: no lesson has the first, and every lesson shuts the second. */
const forAWhile = [
  {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name: "teapot", namespace: "client" },
    spec: {
      hosts: ["httpbin"],
      http: [
        {
          match: [{ uri: { prefix: "/teapot" } }],
          fault: { abort: { httpStatus: 418, percentage: { value: 100 } } },
          route: [{ destination: { host: "httpbin" } }],
        },
        { route: [{ destination: { host: "httpbin" } }] },
      ],
    },
  },
  {
    apiVersion: "security.istio.io/v1",
    kind: "PeerAuthentication",
    metadata: { name: "open-door", namespace: "client" },
    spec: { selector: { matchLabels: { app: "httpbin" } }, mtls: { mode: "PERMISSIVE" } },
  },
];

const [PAGES, DENIED, FAULTS, CONVERSIONS, STRANGE] = [40, 4, 3, 5, 200];
/** What the answers said of the version that gave them. */
const answered = { v1: 0, v3: 0 };
let grown: Map<string, number>;
let seriesBefore: number;
let seriesAfter: number;
let echoed: string;

interface Sample {
  metric: Record<string, string>;
  value: [number, string];
}

async function ask(query: string): Promise<Sample[]> {
  const { data } = JSON.parse(
    await seat.lab.kubectl(
      "get",
      "--raw",
      `/api/v1/namespaces/istio-system/services/prometheus:9090/proxy/api/v1/query?query=${encodeURIComponent(query)}`,
    ),
  ) as { data: { result: Sample[] } };
  return data.result;
}

/** reporter, caller, its namespace, callee, protocol, code, flags and status of gRPC → requests. */
async function counts(): Promise<Map<string, number>> {
  const labels = [
    "reporter",
    "source_workload",
    "source_workload_namespace",
    "destination_workload",
    "request_protocol",
    "response_code",
    "response_flags",
    "grpc_response_status",
  ];
  const samples = await ask(`sum by (${labels.join(", ")}) (istio_requests_total)`);
  return new Map(
    samples.map(({ metric, value }) => [
      labels
        .map((label) => metric[label] ?? "")
        .join(" ")
        .trimEnd(),
      Number(value[1]),
    ]),
  );
}

const seriesAt = async (app: string) =>
  Number(
    (
      await ask(
        `count({__name__=~"istio_requests_total|istio_request_bytes_count", namespace="client", app="${app}"}) or vector(0)`,
      )
    )[0]!.value[1],
  );
const inClient = (script: string) =>
  seat.lab.kubectl("exec", "-n", "client", "deploy/client-deployment", "-c", "client", "--", "sh", "-c", script);

beforeAll(async () => {
  const { lab, gateway } = seat;
  const objects = JSON.stringify({ apiVersion: "v1", kind: "List", items: forAWhile });
  await lab.kubectlWith(objects, "apply", "-f", "-");
  try {
    // What was sent before has to be there first; and both objects have to be at the proxies.
    await new Promise((wait) => setTimeout(wait, 7000));
    await until(
      "the fault",
      20,
      () => inClient("curl -s -o /dev/null -w '%{http_code}' httpbin:8000/teapot"),
      (code) => code === "418",
    );
    await new Promise((wait) => setTimeout(wait, 6000));
    const before = await counts();
    seriesBefore = await seriesAt("httpbin");

    for (let sent = 0; sent < PAGES; sent += 1) {
      // A caller from outside that says it is somebody of the mesh.
      const { status, body } = await get(`${gateway}/api/v1/products/0/reviews`, {
        "x-mesh-peer": `api-v1;api;v${sent}`,
      });
      expect(status, body).toBe(200);
      answered[/"color"/.test(body) ? "v3" : "v1"] += 1;
    }
    for (let sent = 0; sent < CONVERSIONS; sent += 1)
      expect((await get(`${gateway}/?from=Celsius&to=Kelvin&temperature=150`)).status).toBe(200);
    echoed = await inClient(
      `for i in $(seq ${DENIED}); do curl -s -o /dev/null http://api.blog; done; for i in $(seq ${FAULTS}); do curl -s -o /dev/null httpbin:8000/teapot; done; curl -s -H "x-mesh-peer: my-blog-v1;my-blog;v1" httpbin:8000/headers`,
    );
    // As the proxy's own user, whose connections no rule of the pod's turns to the proxy: a stranger without a certificate, from another namespace.
    const strange = Array.from(
      { length: STRANGE },
      (_, i) =>
        `url = "http://httpbin.client:8000/anything/${i}?x=${i}"\nheader = "x-mesh-peer: my-blog-v${i};blog;v${i}"\nheader = "host: h${i}.example"\nuser-agent = "a${i}"\noutput = "/dev/null"\nnext`,
    );
    await lab.kubectlWith(
      `${strange.join("\n")}\nurl = "http://httpbin.client:8000/get"\noutput = "/dev/null"\n`,
      "exec",
      "-i",
      "-n",
      "default",
      "deploy/details-v1",
      "-c",
      "istio-proxy",
      "--",
      "curl",
      "-s",
      "-K",
      "-",
    );

    const difference = async () => {
      const now = await counts();
      return new Map(
        [...now]
          .map(([series, count]) => [series, count - (before.get(series) ?? 0)] as const)
          .filter(([, count]) => count > 0),
      );
    };
    const received = (all: Map<string, number>) =>
      [...all].reduce(
        (sum, [series, count]) => (/^destination unknown unknown httpbin/.test(series) ? sum + count : sum),
        0,
      );
    const isThere = (all: Map<string, number>) =>
      received(all) > STRANGE &&
      (all.get("destination istio-ingressgateway istio-ingress productpage-v1 http 200 -") ?? 0) >= PAGES &&
      (all.get("source temperature-api-v1 temperature temperature-service-v1 grpc 200 - 0") ?? 0) >= CONVERSIONS;
    await until("the requests in Prometheus", 20, difference, isThere);
    // The last proxy's turn.
    await new Promise((wait) => setTimeout(wait, 5500));
    grown = await difference();
    seriesAfter = await seriesAt("httpbin");
  } finally {
    await lab.kubectlWith(objects, "delete", "--ignore-not-found", "-f", "-");
  }
}, 120_000);

/** By the caller's proxy, and by the callee's. */
const both = (series: string) => ["source", "destination"].map((reporter) => grown.get(`${reporter} ${series}`) ?? 0);

describe("every request is counted, by the caller's proxy and by the callee's", () => {
  it("of the product page, split by version as the answers were", () => {
    expect(answered.v1 + answered.v3).toBe(PAGES);
    expect(both("istio-ingressgateway istio-ingress productpage-v1 http 200 -")).toEqual([PAGES, PAGES]);
    expect(both("productpage-v1 default reviews-v1 http 200 -")).toEqual([answered.v1, answered.v1]);
    expect(both("productpage-v1 default reviews-v3 http 200 -")).toEqual([answered.v3, answered.v3]);
    expect(both("reviews-v3 default ratings-v1 http 200 -")).toEqual([answered.v3, answered.v3]);
  });

  it("of gRPC, with its status", () => {
    expect(both("temperature-api-v1 temperature temperature-service-v1 grpc 200 - 0")).toEqual([
      CONVERSIONS,
      CONVERSIONS,
    ]);
  });

  it("that a policy denies; and a fault, which never leaves the caller's proxy", () => {
    expect(both("client-deployment client api-v1 http 403 -")).toEqual([DENIED, DENIED]);
    expect(grown.get("source client-deployment client unknown http 418 FI")).toBe(FAULTS);
    expect([...grown.keys()].filter((series) => series.startsWith("destination") && series.includes(" 418 "))).toEqual(
      [],
    );
  });
});

describe("no caller makes itself a label", () => {
  it("in 200 requests without a certificate, each with another name, host, path and program", () => {
    const strangers = [...grown].filter(([series]) => /^destination unknown /.test(series));
    expect(strangers.reduce((sum, [, count]) => sum + count, 0)).toBe(STRANGE + 1);
    expect(strangers.length).toBeLessThanOrEqual(2);
    // One of requests and one of bytes for each of them, and for the honest one.
    expect(seriesAfter - seriesBefore).toBeLessThanOrEqual(6);
  });

  it("as a workload of another namespace: neither by the header, which its own proxy replaces, nor from outside", () => {
    expect(
      [...grown.keys()].filter(
        (series) => / (my-blog-v\d+|api-v1) \S+ httpbin /.test(series) || /api-v1 \S+ productpage/.test(series),
      ),
    ).toEqual([]);
    expect(both("client-deployment client httpbin http 200 -")).toEqual([1, 1]);
  });

  it("and no app sees the header", () => {
    expect(echoed).toContain("X-Forwarded-Client-Cert");
    expect(echoed.toLowerCase()).not.toContain("x-mesh-peer");
  });
});

describe("what Prometheus has", () => {
  it("bears Istio's names and labels alone", async () => {
    expect(
      await ask(
        'count({__name__=~"envoy_istio_.*"} or {mesh_peer=~".+"} or {mesh_self=~".+"} or {mesh_services=~".+"})',
      ),
    ).toEqual([]);
    const [sample] = await ask('istio_requests_total{reporter="destination", destination_workload="reviews-v3"}');
    const side = [
      "workload",
      "workload_namespace",
      "app",
      "version",
      "cluster",
      "canonical_service",
      "canonical_revision",
      "principal",
    ];
    const labels = [
      ...side.map((label) => `source_${label}`),
      ...side.map((label) => `destination_${label}`),
      ..."destination_service destination_service_name destination_service_namespace request_protocol response_code response_flags connection_security_policy".split(
        " ",
      ),
    ];
    expect(labels.filter((label) => [undefined, "unknown"].includes(sample!.metric[label]))).toEqual([]);
    expect(sample!.metric).toMatchObject({
      connection_security_policy: "mutual_tls",
      destination_service: "reviews.default.svc.cluster.local",
      source_principal: "spiffe://cluster.local/ns/default/sa/bookinfo-productpage",
    });
    for (const metric of [
      "istio_request_duration_milliseconds_bucket",
      "istio_request_bytes_bucket",
      "istio_response_bytes_bucket",
    ])
      expect(await ask(`count(${metric}) > 20`), metric).toHaveLength(1);
  });

  it("says of every proxy that it took the config it was given: one that refuses a listener keeps the old one", async () => {
    const [proxies] = await ask("count(envoy_listener_manager_lds_update_rejected)");
    expect(Number(proxies!.value[1])).toBeGreaterThanOrEqual(16);
    expect(
      await ask("envoy_listener_manager_lds_update_rejected > 0 or envoy_server_stats_overflow_counter > 0"),
    ).toEqual([]);
  });

  it("has the connections that are no HTTP, and their bytes", async () => {
    await inClient("curl -sk -o /dev/null https://kubernetes.default");
    const tcp = () =>
      ask(
        '{__name__=~"istio_tcp_.*", reporter="source", source_workload="client-deployment", destination_service_name="kubernetes", request_protocol="tcp"} > 0',
      );
    const names = await until(
      "the connection in Prometheus",
      20,
      async () => (await tcp()).map(({ metric }) => metric.__name__).sort(),
      (found) => found.length >= 4,
    );
    expect(names).toEqual([
      "istio_tcp_connections_closed_total",
      "istio_tcp_connections_opened_total",
      "istio_tcp_received_bytes_total",
      "istio_tcp_sent_bytes_total",
    ]);
  });
});
