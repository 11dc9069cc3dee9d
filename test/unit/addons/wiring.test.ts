import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { AddonName } from "../../../components/addons/catalog";
import type { Registered } from "../components/graph";
import { runProgram, config } from "../components/program";
import { addonObjects, containerOf, idOf, object } from "./seat";

/**
 * Every address that one addon is given of another, followed to the port of a container: a Service of that name and port, whose selector finds one pod, one of
 * whose containers is told to listen there.
 */
function follow(objects: readonly Registered[], url: string): { workload: string; container: number } {
  const { hostname, port } = new URL(url);
  const [name, namespace, ...rest] = hostname.split(".");
  expect(["istio-system", undefined], url).toContain(namespace);
  expect(["", "svc", "svc.cluster.local"], url).toContain(rest.join("."));
  const service = object(objects, `Service istio-system/${name}`);
  const opened = service.spec.ports.find((one: any) => String(one.port) === (port === "" ? "80" : port));
  expect(opened, `${url}: the Service has ${JSON.stringify(service.spec.ports)}`).toBeDefined();
  const pods = objects.filter(
    ({ inputs }) =>
      ["Deployment", "StatefulSet"].includes(inputs.kind) &&
      selects(service.spec.selector, inputs.spec.template.metadata.labels),
  );
  expect(pods.map(idOf), `${url}: pods of ${JSON.stringify(service.spec.selector)}`).toHaveLength(1);
  const target = opened.targetPort ?? opened.port;
  const ports: any[] = pods[0]!.inputs.spec.template.spec.containers.flatMap((container: any) => container.ports ?? []);
  const number = typeof target === "string" ? ports.find((one) => one.name === target)?.containerPort : target;
  expect(number, `${url}: no container has a port named ${target}`).toBeTypeOf("number");
  return { workload: idOf(pods[0]!), container: number };
}

const selects = (selector: Record<string, string>, labels: Record<string, string>) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

const kialiConfig = (objects: readonly Registered[]) =>
  parse(object(objects, "ConfigMap istio-system/kiali").data["config.yaml"]);
const dataSources = (objects: readonly Registered[]): any[] =>
  parse(object(objects, "ConfigMap istio-system/grafana").data["datasources.yaml"]).datasources ?? [];

describe("everything installed", () => {
  let objects: Registered[];
  beforeAll(async () => void (objects = await addonObjects(["kiali", "prometheus", "grafana", "jaeger", "loki"])));

  test("each data source of Grafana's is a Service that was made, and the port of its pod", () => {
    const found = Object.fromEntries(dataSources(objects).map(({ name, url }) => [name, follow(objects, url)]));
    expect(found).toEqual({
      Prometheus: { workload: "Deployment istio-system/prometheus", container: 9090 },
      Loki: { workload: "StatefulSet istio-system/loki", container: 3100 },
      Jaeger: { workload: "Deployment istio-system/jaeger", container: 16686 },
    });
    expect(dataSources(objects).map(({ type, isDefault }) => [type, isDefault])).toEqual([
      ["prometheus", true],
      ["loki", false],
      ["jaeger", false],
    ]);
  });

  test("each address that Kiali asks is a Service that was made, and the port of its pod", () => {
    const { prometheus, grafana, tracing } = kialiConfig(objects).external_services;
    expect(follow(objects, prometheus.url)).toEqual({
      workload: "Deployment istio-system/prometheus",
      container: 9090,
    });
    expect(follow(objects, grafana.internal_url)).toEqual({
      workload: "Deployment istio-system/grafana",
      container: 3000,
    });
    expect(follow(objects, tracing.internal_url)).toEqual({
      workload: "Deployment istio-system/jaeger",
      container: 16686,
    });
  });

  test("each address that Kiali gives a browser is one of `npm run open`, as in the outputs", () => {
    const { grafana, tracing } = kialiConfig(objects).external_services;
    expect([grafana.external_url, tracing.external_url]).toEqual([
      "http://localhost:3000",
      "http://localhost:16686/jaeger",
    ]);
  });

  test("Jaeger's Services lead to ports that its config opens, and its pages are where the others look for them", () => {
    const jaeger = parse(object(objects, "ConfigMap istio-system/jaeger").data["config.yaml"]);
    const { receivers, extensions } = jaeger;
    const listening = [
      receivers.zipkin.endpoint,
      ...[receivers.otlp, receivers.jaeger].flatMap(({ protocols }) =>
        Object.values<any>(protocols).map(({ endpoint }) => endpoint),
      ),
      extensions.healthcheckv2.http.endpoint,
    ];
    // Its own defaults, which the sample does not name.
    const open = [...listening.map((endpoint: string) => Number(endpoint.split(":")[1])), 16685, 16686];
    const services = objects
      .filter(({ inputs }) => inputs.kind === "Service" && inputs.spec.selector.app === "jaeger")
      .map(({ inputs }) => inputs);
    expect(services.map(({ metadata }) => metadata.name).sort()).toEqual(["jaeger-collector", "tracing", "zipkin"]);
    for (const { metadata, spec } of services)
      for (const port of spec.ports)
        expect(open, `${metadata.name} ${port.name}`).toContain(port.targetPort ?? port.port);
    expect(open).toContain(containerOf(object(objects, "Deployment istio-system/jaeger")).readinessProbe.httpGet.port);
    expect(extensions.jaeger_query.base_path).toBe("/jaeger");
    const { tracing } = kialiConfig(objects).external_services;
    for (const url of [
      tracing.internal_url,
      tracing.external_url,
      dataSources(objects).find(({ type }) => type === "jaeger").url,
    ])
      expect(new URL(url).pathname, url).toBe("/jaeger");
  });

  test("the collector hands on to Loki, and Loki finds itself", () => {
    const collector = parse(
      object(objects, "ConfigMap istio-system/opentelemetry-collector-conf").data["opentelemetry-collector-config"],
    );
    expect(follow(objects, collector.exporters.loki.endpoint)).toEqual({
      workload: "StatefulSet istio-system/loki",
      container: 3100,
    });
    const loki = parse(object(objects, "ConfigMap istio-system/loki").data["config.yaml"]);
    expect(follow(objects, `http://${loki.common.compactor_grpc_address}`).container).toBe(9095);
  });

  test("a new config of an addon's is new pods", () => {
    for (const id of [
      "Deployment istio-system/kiali",
      "Deployment istio-system/grafana",
      "Deployment istio-system/prometheus",
      "StatefulSet istio-system/loki",
    ]) {
      expect(object(objects, id).spec.template.metadata.annotations["checksum/config"], id).toMatch(/^[0-9a-f]{64}$/);
    }
  });
});

describe("what the proxies send to", () => {
  const providers = async (addons: AddonName[]) => {
    const { resources } = await runProgram(config({ lessons: [], addons }));
    const release = resources.find(({ name }) => name === "istio-istiod")!.inputs;
    return { resources, all: release.values.meshConfig.extensionProviders as any[] };
  };

  test.each<[AddonName[], string]>([
    [["jaeger"], "Deployment istio-system/jaeger"],
    [["zipkin"], "Deployment istio-system/zipkin"],
  ])("traces: %j", async (addons, workload) => {
    const { resources, all } = await providers(addons);
    const { service, port } = all.find(({ name }) => name === "zipkin").zipkin;
    expect(follow(resources, `http://${service}:${port}`)).toEqual({ workload, container: 9411 });
  });

  test("logs", async () => {
    const { resources, all } = await providers(["loki"]);
    const { service, port } = all.find(({ name }) => name === "otel").envoyOtelAls;
    expect(follow(resources, `http://${service}:${port}`)).toEqual({
      workload: "Deployment istio-system/opentelemetry-collector",
      container: 4317,
    });
  });

  test("is in istiod's values whatever is installed, so that an addon touches no release", async () => {
    expect((await providers([])).all).toEqual((await providers(["jaeger", "loki"])).all);
  });
});

describe("only some installed", () => {
  test("Kiali alone asks nobody else", async () => {
    const { prometheus, grafana, tracing } = kialiConfig(await addonObjects(["kiali"])).external_services;
    expect([prometheus, grafana, tracing]).toEqual([{ enabled: false }, { enabled: false }, { enabled: false }]);
  });

  test("Kiali does not read Zipkin; Grafana does", async () => {
    const objects = await addonObjects(["kiali", "grafana", "zipkin"]);
    expect(kialiConfig(objects).external_services.tracing).toEqual({ enabled: false });
    expect(
      dataSources(objects).map(({ type, url, isDefault }) => [type, follow(objects, url).workload, isDefault]),
    ).toEqual([["zipkin", "Deployment istio-system/zipkin", true]]);
  });

  test("Grafana alone has no data source", async () => {
    expect(dataSources(await addonObjects(["grafana"]))).toEqual([]);
  });

  test("only the config and the pods of those that are wired to it differ by an addon more", async () => {
    const before = await addonObjects(["kiali", "grafana", "prometheus"]);
    const after = await addonObjects(["kiali", "grafana", "prometheus", "jaeger"]);
    const changed = before.filter(
      (one) => JSON.stringify(one) !== JSON.stringify(after.find((other) => idOf(other) === idOf(one))),
    );
    expect(changed.map(idOf).sort()).toEqual([
      "ConfigMap istio-system/grafana",
      "ConfigMap istio-system/kiali",
      "Deployment istio-system/grafana",
      "Deployment istio-system/kiali",
    ]);
  });
});
