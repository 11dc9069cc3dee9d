import { readFileSync } from "node:fs";
import * as path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseConfig } from "../../../config";
import { projectRoot } from "../../../base/paths";
import { stepsOf } from "../../support/page";
import type { Registered } from "../components/graph";
import { named } from "../components/graph";
import { config, runProgram } from "../components/program";
import { object } from "./seat";

const files = {
  objects: "embedded/metrics/envoyfilter.yaml",
  metricRelabelConfigs: "embedded/metrics/prometheus.yaml",
};
const { objects, metricRelabelConfigs } = parseConfig({ target: "embedded", istio: JSON.stringify(files) }).istio;

type Labels = Record<string, string>;

/** What Prometheus makes of a series, by the two actions that the rules use (https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config). */
function stored(series: Labels): Labels {
  const labels = { ...series };
  for (const {
    source_labels,
    regex,
    target_label,
    replacement = "$1",
    action = "replace",
  } of metricRelabelConfigs as any[]) {
    const whole = new RegExp(`^(?:${regex})$`, "s");
    if (action === "labeldrop")
      Object.keys(labels)
        .filter((label) => whole.test(label))
        .forEach((label) => delete labels[label]);
    else {
      expect(action).toBe("replace");
      const match = whole.exec(source_labels.map((label: string) => labels[label] ?? "").join(";"));
      if (match !== null)
        labels[target_label] = replacement.replace(/\$(\d)/g, (_: string, group: string) => match[Number(group)] ?? "");
    }
  }
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));
}

const services =
  '[{"host":"reviews.default.svc.cluster.local","name":"reviews","namespace":"default"},{"host":"reviews-v1.default.svc.cluster.local","name":"reviews-v1","namespace":"default"}]';
const spiffe = (namespace: string, account: string) => `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
const reviews = {
  namespace: "default",
  app: "reviews",
  version: "v3",
  service_istio_io_canonical_name: "reviews",
  service_istio_io_canonical_revision: "v3",
};
const received = (peer: string, principal: string, more: Labels = {}) =>
  stored({
    __name__: "envoy_istio_requests_total",
    ...reviews,
    reporter: "destination",
    mesh_self: "reviews-v3",
    mesh_peer: peer,
    mesh_services: services,
    source_principal: principal,
    destination_principal: spiffe("default", "bookinfo-reviews"),
    response_flags: "-",
    response_code: "200",
    request_protocol: "HTTP/1.1",
    grpc_response_status: "",
    ...more,
  });
const source = ({
  source_workload,
  source_workload_namespace,
  source_app,
  source_version,
  source_canonical_service,
  source_canonical_revision,
  source_principal,
  source_cluster,
}: Labels) =>
  [
    source_workload,
    source_workload_namespace,
    source_app,
    source_version,
    source_canonical_service,
    source_canonical_revision,
    source_principal,
    source_cluster,
  ].join(" ");

describe("what Prometheus stores of a proxy's count", () => {
  it("has Istio's name and labels, and none of the rules' own, where it was received", () => {
    const { namespace, app, version, service_istio_io_canonical_name, service_istio_io_canonical_revision, ...labels } =
      received("productpage-v1;productpage;v1", spiffe("default", "bookinfo-productpage"));
    expect(labels).toEqual({
      __name__: "istio_requests_total", reporter: "destination", request_protocol: "http", response_code: "200", response_flags: "-", connection_security_policy: "mutual_tls",
      source_workload: "productpage-v1", source_workload_namespace: "default", source_app: "productpage", source_version: "v1", source_cluster: "Kubernetes",
      source_canonical_service: "productpage", source_canonical_revision: "v1", source_principal: spiffe("default", "bookinfo-productpage"),
      destination_workload: "reviews-v3", destination_workload_namespace: "default", destination_app: "reviews", destination_version: "v3", destination_cluster: "Kubernetes",
      destination_canonical_service: "reviews", destination_canonical_revision: "v3", destination_principal: spiffe("default", "bookinfo-reviews"),
      destination_service: "reviews.default.svc.cluster.local", destination_service_name: "reviews", destination_service_namespace: "default",
    }); // prettier-ignore
    expect([namespace, app, version, service_istio_io_canonical_name, service_istio_io_canonical_revision]).toEqual([
      "default",
      "reviews",
      "v3",
      "reviews",
      "v3",
    ]);
  });

  it("has the same labels where it was sent, and the callee from istiod", () => {
    const gateway = {
      namespace: "istio-ingress",
      app: "istio-ingressgateway",
      service_istio_io_canonical_name: "istio-ingressgateway",
      service_istio_io_canonical_revision: "1.31.1",
    };
    const sent = (peer: string, more: Labels = {}) =>
      stored({
        __name__: "envoy_istio_request_bytes_bucket",
        le: "0.5",
        ...gateway,
        reporter: "source",
        mesh_self: "istio-ingressgateway",
        mesh_peer: peer,
        mesh_services: services,
        source_principal: spiffe("istio-ingress", "x"),
        destination_principal: spiffe("default", "y"),
        request_protocol: "HTTP/2",
        response_code: "200",
        ...more,
      });
    expect(sent("reviews-v3;default;reviews;v3;Kubernetes")).toMatchObject({
      __name__: "istio_request_bytes_bucket", le: "0.5", source_workload: "istio-ingressgateway", source_workload_namespace: "istio-ingress", source_version: "1.31.1", source_canonical_revision: "1.31.1", connection_security_policy: "unknown",
      destination_workload: "reviews-v3", destination_workload_namespace: "default", destination_app: "reviews", destination_version: "v3", destination_canonical_revision: "v3", destination_service_name: "reviews",
    }); // prettier-ignore
    expect(sent("tool;client;tool;;Kubernetes")).toMatchObject({
      destination_workload: "tool",
      destination_version: "unknown",
      destination_canonical_revision: "latest",
    });
    expect(sent("", { mesh_services: "", destination_principal: "" })).toMatchObject({
      destination_workload: "unknown",
      destination_service_name: "unknown",
      destination_service: "unknown",
      destination_principal: "unknown",
      response_code: "200",
    });
  });

  it("calls gRPC what had a status of gRPC, and leaves TCP what it is", () => {
    expect(received("a;a;v1", spiffe("default", "a"), { grpc_response_status: "7" })).toMatchObject({
      request_protocol: "grpc",
      grpc_response_status: "7",
    });
    expect(received("", spiffe("default", "a"), { request_protocol: "tcp" })).toMatchObject({
      request_protocol: "tcp",
      source_workload: "unknown",
      source_workload_namespace: "default",
    });
  });

  it.each([
    [
      "another namespace than the certificate's",
      "my-blog-v1;blog;v1",
      spiffe("default", "bookinfo-details"),
      `my-blog-v1 default blog v1 blog v1 ${spiffe("default", "bookinfo-details")} Kubernetes`,
    ],
    [
      "one field too many",
      "my-blog-v1;blog;my-blog;v1",
      spiffe("default", "a"),
      `unknown default unknown unknown unknown unknown ${spiffe("default", "a")} unknown`,
    ],
    [
      "no certificate",
      "productpage-v1;productpage;v1",
      "",
      "unknown unknown unknown unknown unknown unknown unknown unknown",
    ],
    [
      "nothing at all",
      "",
      spiffe("default", "a"),
      `unknown default unknown unknown unknown unknown ${spiffe("default", "a")} unknown`,
    ],
    [
      "a certificate of nobody in the cluster",
      "productpage-v1;productpage;v1",
      "spiffe://cluster.local/elsewhere",
      "unknown unknown unknown unknown unknown unknown spiffe://cluster.local/elsewhere unknown",
    ],
    [
      "what no name has",
      'a"b;c\\;é',
      spiffe("default", "a"),
      `unknown default unknown unknown unknown unknown ${spiffe("default", "a")} unknown`,
    ],
    [
      "a name without end",
      `${"x".repeat(64)};x;v1`,
      spiffe("default", "a"),
      `unknown default unknown unknown unknown unknown ${spiffe("default", "a")} unknown`,
    ],
    [
      "no version",
      "tool;tool;latest",
      spiffe("client", "tool"),
      `tool client tool unknown tool latest ${spiffe("client", "tool")} Kubernetes`,
    ],
  ])("believes of a caller that says %s what can be believed", (_, peer, principal, expected) =>
    expect(source(received(peer, principal))).toBe(expected),
  );

  it("leaves alone whatever is none of the mesh's metrics", () => {
    for (const series of [
      { __name__: "envoy_server_live", app: "reviews" },
      { __name__: "istio_agent_go_threads", app: "x", version: "v1" },
      { __name__: "up", namespace: "a" },
    ] as Labels[])
      expect(stored(series)).toEqual(series);
  });
});

describe("the proxies' logger", () => {
  const tags: { name: string; value_format: string }[] = [];
  const loggers: any[] = [];
  beforeAll(() => {
    for (const { patch } of objects[0]!.spec.configPatches as any[]) {
      for (const { name, typed_config } of patch.value.typed_config?.access_log ?? []) {
        expect(name).toBe("envoy.access_loggers.stats");
        loggers.push(typed_config);
        for (const { stat } of [...(typed_config.counters ?? []), ...(typed_config.histograms ?? [])])
          tags.push(...stat.tags);
      }
    }
  });

  it("has no value that is empty: Envoy would refuse the listener and keep the old one", () => {
    expect(tags.length).toBeGreaterThan(40);
    expect(tags.filter(({ value_format }) => !value_format)).toEqual([]);
  });

  it("counts nothing that a caller chooses: no header, path, host or method but the cut name of the caller", () => {
    const choosable =
      /%(REQ|RESP|TRAILER|PATH|QUERY_PARAM|REQUESTED_SERVER_NAME|DYNAMIC_METADATA|DOWNSTREAM_REMOTE_\w+)\b/;
    expect(tags.filter(({ value_format }) => choosable.test(value_format))).toEqual([]);
    const [read] = (objects[0]!.spec.configPatches as any[]).filter(({ applyTo }) => applyTo === "HTTP_FILTER");
    expect(read).toMatchObject({ match: { listener: { filterChain: { transportProtocol: "tls" } } } });
    expect(JSON.stringify(read)).toContain("%REQ(x-mesh-peer):200%");
  });

  it("has a limit for each proxy, the same scope everywhere", () => {
    expect(new Set(loggers.map(({ stats_scope }) => JSON.stringify(stats_scope)))).toEqual(
      new Set(['{"prefix":"istio","sharing_name":"istio","max_counters":500,"max_histograms":1000}']),
    );
  });
});

describe("the program", () => {
  let resources: Registered[];
  beforeAll(
    async () => void ({ resources } = await runProgram(config({ lessons: [], addons: ["prometheus"], istio: files }))),
  );

  it("makes the objects in Istio's namespace, once its webhook answers", () => {
    const { inputs, dependsOn } = named(resources, "istio-envoyfilter-mesh-metrics");
    expect([inputs.apiVersion, inputs.kind, inputs.metadata]).toEqual([
      "networking.istio.io/v1alpha3",
      "EnvoyFilter",
      {
        name: "mesh-metrics",
        namespace: "istio-system",
        // It is meant, so `istioctl analyze` need not warn of an EnvoyFilter.
        annotations: { "galley.istio.io/analyze-suppress": "IST0133" },
      },
    ]);
    expect(dependsOn).toContain("istio-gateway");
  });

  it("gives Prometheus the rules, for the job that asks the proxies and no other", () => {
    const { scrape_configs } = parse(object(resources, "ConfigMap istio-system/prometheus").data["prometheus.yml"]);
    expect(scrape_configs.filter((job: any) => job.metric_relabel_configs !== undefined)).toMatchObject([
      { job_name: "kubernetes-pods", metric_relabel_configs: metricRelabelConfigs },
    ]);
  });

  it("has neither where the config names none", async () => {
    const { resources: plain } = await runProgram(config({ lessons: [], addons: ["prometheus"] }));
    expect(plain.map(({ inputs }) => inputs.kind)).not.toContain("EnvoyFilter");
    expect(object(plain, "ConfigMap istio-system/prometheus").data["prometheus.yml"]).not.toContain(
      "metric_relabel_configs",
    );
  });
});

/** Istio's standard metrics and their labels, as its own proxies count them: https://istio.io/latest/docs/reference/config/metrics/ */
const standard = {
  metrics:
    /^istio_(requests_total|request_duration_milliseconds|request_bytes|response_bytes|(request|response)_messages_total|tcp_(sent|received)_bytes_total|tcp_connections_(opened|closed)_total)(_bucket|_sum|_count)?$/,
  labels:
    /^(reporter|(source|destination)_(workload|workload_namespace|principal|app|version|cluster|canonical_service|canonical_revision)|destination_service(_name|_namespace)?|request_protocol|response_code|response_flags|grpc_response_status|connection_security_policy|le)$/,
};

describe("the docs' queries on other targets, where Istio's own proxies count", () => {
  const page = readFileSync(path.join(projectRoot, "docs/addons.md"), "utf8");
  const queries = stepsOf(page).flatMap(({ commands }) =>
    [...commands.matchAll(/^prometheus '([^']+)'/gm)].map(([, query]) => query!),
  );

  it("ask for Istio's standard metrics by their standard labels alone", () => {
    expect(queries.length).toBeGreaterThan(1);
    for (const query of queries) {
      const labels = [...query.matchAll(/\bby \(([^)]*)\)|\{([^}]*)\}/g)].flatMap(
        ([, by, selector]) => (by ?? selector!).replace(/"[^"]*"/g, "").match(/\w+/g) ?? [],
      );
      expect(labels.length, query).toBeGreaterThan(1);
      expect(
        labels.filter((label) => !standard.labels.test(label)),
        query,
      ).toEqual([]);
      expect(
        query.match(/\b(istio|envoy)_\w+/g)?.filter((name) => !standard.metrics.test(name)),
        query,
      ).toEqual([]);
    }
  });

  it("find them on minikube: nothing of the program turns Istio's metrics off or renames them", async () => {
    const { resources } = await runProgram({
      target: "minikube",
      addons: ["prometheus", "jaeger", "loki", "grafana", "kiali"],
    });
    expect(resources.map(({ inputs }) => inputs.kind)).not.toContain("EnvoyFilter");
    const telemetries = resources.filter(({ inputs }) => inputs.kind === "Telemetry");
    expect(telemetries.length).toBeGreaterThan(0);
    expect(telemetries.filter(({ inputs }) => "metrics" in inputs.spec)).toEqual([]);
    const { values } = named(resources, "istio-istiod").inputs;
    expect([values.telemetry, values.pilot, values.env]).toEqual([undefined, undefined, undefined]);
    expect(object(resources, "ConfigMap istio-system/prometheus").data["prometheus.yml"]).not.toContain(
      "metric_relabel_configs",
    );
  });
});
