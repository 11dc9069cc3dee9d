import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { azure } from "../../../components/cluster/azure/settings";
import { minikube } from "../../../components/cluster/minikube/settings";
import { lessonNames } from "../../../components/lessons/catalog";
import { parseConfig, type Settings } from "../../../config";
import { stackFile } from "./stack-files";
import { istio as release } from "../../../versions";

const root = path.resolve(__dirname, "../../..");
const yaml = (file: string) => parse(readFileSync(path.resolve(root, file), "utf8"));

/** A YAML file's config as Pulumi hands it to the program: lists and maps as JSON, the rest as text. */
function handedOver(config: Record<string, unknown>): Record<string, string> {
  const own = Object.entries(config).filter(([key]) => key.startsWith("istio-lab:"));
  return Object.fromEntries(
    own.map(([key, value]) => [
      key.slice("istio-lab:".length),
      typeof value === "object" ? JSON.stringify(value) : String(value),
    ]),
  );
}

const defaults: Settings = {
  target: "embedded",
  lessons: ["backend", "bookinfo", "temperature", "blog", "admission"],
  canary: {},
  canaryPlan: {},
  mtls: "STRICT",
  gatewayApi: false,
  bookinfo: {},
  blog: { replicasFollowWeights: false, https: false },
  addons: ["kiali", "prometheus", "grafana", "jaeger"],
  kiali: { auth: "anonymous", viewOnly: true },
  telemetry: { sampling: 100 },
  storage: {},
  istio: {
    version: release.version,
    chartRepository: "https://blob.istio.io/istio-release/charts",
    hub: "docker.io/istio",
    values: {},
    objects: [],
    metricRelabelConfigs: [],
  },
  // Their own defaults are told in azure.test.ts and minikube.test.ts.
  azure: azure.parse({}),
  minikube: minikube.parse({}),
  existing: { serviceType: "NodePort" },
  embedded: { serviceType: "NodePort" },
};

test("what is not set has its default", () => {
  expect(parseConfig({ target: "embedded" })).toEqual(defaults);
});

test("what is set is kept", () => {
  const istio = {
    version: "1.31.2",
    chartRepository: "oci://mirror.example/charts",
    hub: "mirror.example:5000/istio",
    values: { istiod: { traceSampling: 100 } },
  };
  expect(
    parseConfig({
      target: "embedded",
      lessons: '["blog","bookinfo"]',
      canary: '{"reviews":{"v3":0,"v1":100},"my-blog":{"v1":50,"v2":50}}',
      canaryPlan: '{"reviews":{"to":"v3","steps":[10,"25",100]},"my-blog":{"from":"v2","to":"v1","steps":[1]}}',
      mtls: "PERMISSIVE",
      gatewayApi: "true",
      bookinfo: '{"details":{"timeout":"0.5s"},"reviews":{"users":{"jason":"v2"}}}',
      blog: '{"replicasFollowWeights":true,"https":true}',
      addons: '["loki","zipkin","grafana","kiali"]',
      kiali: '{"auth":"token","viewOnly":false}',
      telemetry: '{"sampling":12.5}',
      storage: '{"loki":"5Gi","grafana":"512Mi"}',
      istio: JSON.stringify(istio),
      existing: '{"kubeconfig":"~/lab.kubeconfig","context":"kind-lab","serviceType":"LoadBalancer"}',
      embedded: '{"addressRange":"10.231.0.252/30","serviceType":"ClusterIP"}',
    }),
  ).toEqual({
    target: "embedded",
    lessons: ["blog", "bookinfo"],
    canary: { reviews: { v1: 100, v3: 0 }, "my-blog": { v1: 50, v2: 50 } },
    canaryPlan: {
      reviews: { from: "v1", to: "v3", steps: [10, 25, 100] },
      "my-blog": { from: "v2", to: "v1", steps: [1] },
    },
    mtls: "PERMISSIVE",
    gatewayApi: true,
    bookinfo: { details: { timeout: "0.5s" }, reviews: { users: { jason: "v2" } } },
    blog: { replicasFollowWeights: true, https: true },
    addons: ["loki", "zipkin", "grafana", "kiali"],
    kiali: { auth: "token", viewOnly: false },
    telemetry: { sampling: 12.5 },
    storage: { loki: "5Gi", grafana: "512Mi" },
    istio: { ...istio, objects: [], metricRelabelConfigs: [] },
    azure: defaults.azure,
    minikube: defaults.minikube,
    existing: { kubeconfig: "~/lab.kubeconfig", context: "kind-lab", serviceType: "LoadBalancer" },
    embedded: { addressRange: "10.231.0.252/30", serviceType: "ClusterIP" },
  });
});

test("numbers, true and false that Pulumi stored as text are what they say", () => {
  const bookinfo = {
    ratings: { retries: { attempts: "3" }, fault: { abort: { httpStatus: "503", percentage: "12.5" } } },
  };
  const others = {
    blog: '{"replicasFollowWeights":"true","https":"false"}',
    kiali: '{"auth":"token","viewOnly":"false"}',
    telemetry: '{"sampling":"0"}',
  };
  const settings = parseConfig({ target: "embedded", bookinfo: JSON.stringify(bookinfo), ...others });
  expect(settings.bookinfo).toEqual({
    ratings: { retries: { attempts: 3 }, fault: { abort: { httpStatus: 503, percentage: 12.5 } } },
  });
  expect(settings.blog).toEqual({ replicasFollowWeights: true, https: false });
  expect([settings.kiali.viewOnly, settings.telemetry.sampling]).toEqual([false, 0]);
});

test("config of an addon that is not installed is no problem", () => {
  const kiali = '{"auth":"token"}';
  expect(
    parseConfig({ target: "embedded", addons: "[]", kiali, telemetry: '{"sampling":1}', storage: '{"loki":"1Gi"}' }),
  ).toMatchObject({
    addons: [],
    kiali: { auth: "token", viewOnly: true },
    telemetry: { sampling: 1 },
    storage: { loki: "1Gi" },
  });
});

test("config of a lesson that is not installed is no problem", () => {
  const bookinfo = '{"reviews":{"timeout":"1s"}}';
  expect(
    parseConfig({
      target: "embedded",
      lessons: "[]",
      bookinfo,
      blog: '{"https":true}',
      canary: '{"my-blog":{"v2":100}}',
    }),
  ).toMatchObject({
    lessons: [],
    bookinfo: { reviews: { timeout: "1s" } },
    blog: { https: true },
    canary: { "my-blog": { v2: 100 } },
  });
});

test("no lesson, and a repository with a slash at its end, are fine", () => {
  expect(
    parseConfig({ target: "embedded", lessons: "[]", istio: '{"chartRepository":"https://charts.example/"}' }),
  ).toMatchObject({
    lessons: [],
    istio: { chartRepository: "https://charts.example" },
  });
});

describe("Pulumi.yaml", () => {
  const { name, runtime, config } = yaml("Pulumi.yaml");
  const own: Record<string, any> = Object.fromEntries(
    Object.entries(config).filter(([key]) => key.startsWith("istio-lab:")),
  );

  test("names project and runtime, and has the language host load what loads the bundle", () => {
    const options = { typescript: false, nodeargs: "--max-semi-space-size=4 --require ./launch/preload.cjs" };
    expect({ name, runtime }).toEqual({ name: "istio-lab", runtime: { name: "nodejs", options } });
    expect(existsSync(path.join(root, "launch/preload.cjs"))).toBe(true);
  });

  test("disables the default Kubernetes provider for every stack", () => {
    expect(config["pulumi:disable-default-providers"]).toEqual({ value: ["kubernetes"] });
  });

  test("declares and describes every key that config.ts reads", () => {
    expect(
      Object.keys(own)
        .map((key) => key.slice("istio-lab:".length))
        .sort(),
    ).toEqual(Object.keys(defaults).sort());
    for (const [key, { description, type }] of Object.entries(own)) {
      expect(description, key).toMatch(/\w{3}/);
      expect(type, key).toMatch(/^(string|boolean|array|object)$/);
    }
  });

  test("has the defaults of config.ts; only the target has none, so that every stack must name one", () => {
    const given = Object.entries(own).filter(([, { default: value }]) => value !== undefined);
    expect(Object.keys(own).filter((key) => !given.some(([other]) => other === key))).toEqual(["istio-lab:target"]);
    expect(
      parseConfig({
        target: "embedded",
        ...handedOver(Object.fromEntries(given.map(([key, { default: value }]) => [key, value]))),
      }),
    ).toEqual(defaults);
    expect(own["istio-lab:lessons"].default).toEqual(lessonNames);
  });
});

test("Pulumi.embedded.yaml: charts of this project, the course's split, no filters that an upstream Envoy lacks, and Istio's metrics in another way", () => {
  expect(parseConfig(handedOver(yaml(stackFile("embedded")).config))).toEqual({
    ...defaults,
    canary: { reviews: { v1: 50, v3: 50 }, "my-blog": { v1: 90, v2: 10 } },
    istio: {
      ...defaults.istio,
      chartRepository: ".lab/charts",
      values: {
        istiod: {
          telemetry: { enabled: false },
          env: { PILOT_ENABLE_METADATA_EXCHANGE: "false", PILOT_ENABLE_ALPN_FILTER: "false" },
        },
      },
      objects: [expect.objectContaining({ kind: "EnvoyFilter", name: "mesh-metrics" })],
      metricRelabelConfigs: expect.arrayContaining([
        { source_labels: ["__name__"], regex: "envoy_(istio_.+)", target_label: "__name__" },
      ]),
    },
  });
});

test("Pulumi.dev.yaml: minikube with its defaults, and the course's split", () => {
  expect(parseConfig(handedOver(yaml(stackFile("dev")).config))).toEqual({
    ...defaults,
    target: "minikube",
    canary: { reviews: { v1: 50, v3: 50 }, "my-blog": { v1: 90, v2: 10 } },
  });
});
