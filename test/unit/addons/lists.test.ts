import { rmSync } from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { addonImages, collectorImage } from "../../../versions";
import { addonNames, catalog, type AddonName } from "../../../components/addons/catalog";
import { browserUrl } from "../../../components/addons/addresses";
import { required } from "../azure/config";
import { named, type Registered } from "../components/graph";
import { config, runProgram, valueOf } from "../components/program";
import { newHome, writeKubeconfig } from "../existing/kubeconfig";
import { addonObjects, idOf } from "./seat";

const telemetry = (resources: readonly Registered[]) => resources.filter(({ inputs }) => inputs.kind === "Telemetry");

test("in every combination each object has one owner, and the proxies are told of what is there", async () => {
  const combination = fc
    .subarray(addonNames)
    .filter((names) => !(names.includes("jaeger") && names.includes("zipkin")));
  await fc.assert(
    fc.asyncProperty(combination, fc.record({ storage: fc.boolean() }), async (addons, { storage }) => {
      const sizes = { prometheus: "1Gi", grafana: "1Gi", jaeger: "1Gi", loki: "1Gi" };
      const { resources, outputs } = await runProgram(
        config({ lessons: [], addons, ...(storage && { storage: sizes }) }),
      );
      const ids = resources.filter(({ type }) => type.startsWith("kubernetes:")).map(idOf);
      expect(ids).toEqual([...new Set(ids)]);
      for (const addon of addons) expect(ids).toContain(`Service istio-system/${catalog[addon].service}`);
      const claims = ids
        .filter((id) => id.startsWith("PersistentVolumeClaim"))
        .map((id) => id.split("/")[1])
        .sort();
      expect(claims).toEqual(storage ? addons.filter((addon) => addon in sizes).sort() : []);
      const [tracing, logging] = [addons.includes("jaeger") || addons.includes("zipkin"), addons.includes("loki")];
      expect(telemetry(resources).map(({ inputs }) => Object.keys(inputs.spec).sort())).toEqual(
        tracing || logging ? [[...(logging ? ["accessLogging"] : []), ...(tracing ? ["tracing"] : [])]] : [],
      );
      const given = Object.entries(outputs)
        .filter(([name]) => /^[A-Z]+_URL$/.test(name) && name !== "GATEWAY_URL")
        .map(([name]) => name);
      expect(given.sort()).toEqual(
        addons
          .filter((addon) => addon !== "loki")
          .map((addon) => `${addon.toUpperCase()}_URL`)
          .sort(),
      );
    }),
    { numRuns: 6 },
  );
});

test("no addons: no object, no output, no telemetry", async () => {
  const { resources, outputs } = await runProgram(config({ lessons: [], addons: [] }));
  expect(resources.filter(({ name, type }) => type.startsWith("kubernetes:") && !/^(istio|front)-/.test(name))).toEqual(
    [],
  );
  expect(resources.map(({ type }) => type).filter((type) => /:addons:|Telemetry/.test(type))).toEqual([]);
  expect(Object.keys(outputs).sort()).toEqual([
    "GATEWAY_URL",
    "INGRESS_HOST",
    "INGRESS_PORT",
    "SECURE_INGRESS_PORT",
    "kubeconfig",
    "lessons",
  ]);
});

test("an addon is the same whatever the order of the list", async () => {
  const sorted = async (addons: AddonName[]) =>
    (await addonObjects(addons)).sort((a, b) => a.name.localeCompare(b.name));
  expect(await sorted(["kiali", "grafana", "jaeger", "prometheus"])).toEqual(
    await sorted(["prometheus", "jaeger", "grafana", "kiali"]),
  );
});

test.each<[AddonName, AddonName, string[]]>([
  ["jaeger", "zipkin", ["jaeger-service-tracing", "jaeger-service-zipkin"]],
  ["zipkin", "jaeger", ["zipkin-service-tracing", "zipkin-service"]],
])(
  "%s hands the Services that both own on to %s: anew under another name, they would be deleted with it",
  async (from, to, handed) => {
    const shared = ({ inputs }: Registered) =>
      inputs.kind === "Service" && ["tracing", "zipkin"].includes(inputs.metadata.name);
    const [before, after] = [(await addonObjects([from])).filter(shared), (await addonObjects([to])).filter(shared)];
    expect(before.map(({ name }) => name).sort()).toEqual([...handed].sort());
    expect(after.flatMap(({ aliases }) => aliases).sort()).toEqual(handed.map((name) => `${from}/${name}`).sort());
  },
);

test("each image is that of images.ts", async () => {
  const objects = [
    ...(await addonObjects(["kiali", "prometheus", "grafana", "jaeger", "loki"])),
    ...(await addonObjects(["zipkin"])),
  ];
  const used = objects
    .flatMap(({ inputs }) => inputs.spec?.template?.spec.containers ?? [])
    .map(({ image }: { image: string }) => image);
  expect(used.sort()).toEqual([...Object.values(addonImages), collectorImage].sort());
});

describe("telemetry", () => {
  const specOf = async (addons: AddonName[], changes = {}) =>
    telemetry((await runProgram(config({ lessons: [], addons, ...changes }))).resources)[0]?.inputs.spec;

  test("every request is traced, as the config has it by default, and by the one name for either receiver", async () => {
    const tracing = [{ providers: [{ name: "zipkin" }], randomSamplingPercentage: 100 }];
    expect(await specOf(["jaeger"])).toEqual({ tracing });
    expect(await specOf(["zipkin"])).toEqual({ tracing });
  });

  test.each([0, 12.5])("sampling %d", async (sampling) => {
    expect(await specOf(["jaeger"], { telemetry: { sampling } })).toEqual({
      tracing: [{ providers: [{ name: "zipkin" }], randomSamplingPercentage: sampling }],
    });
  });

  test("logs go to Loki and stay in the log of each proxy", async () => {
    expect(await specOf(["loki"])).toEqual({ accessLogging: [{ providers: [{ name: "envoy" }, { name: "otel" }] }] });
  });

  test("it is one object of the root namespace without a selector, after istiod's webhook and after what it sends to", async () => {
    const { resources } = await runProgram(config({ lessons: [], addons: ["jaeger", "loki"] }));
    const { inputs, dependsOn } = named(resources, "telemetry-default");
    expect([inputs.apiVersion, inputs.metadata, inputs.spec.selector]).toEqual([
      "telemetry.istio.io/v1",
      { name: "mesh-default", namespace: "istio-system" },
      undefined,
    ]);
    expect(dependsOn).toEqual(
      expect.arrayContaining([
        "istio-gateway",
        "jaeger-service-zipkin",
        "jaeger-deployment",
        "loki-service-opentelemetry-collector",
      ]),
    );
  });
});

describe("outputs", () => {
  const home = newHome();
  const kubeconfig = writeKubeconfig(path.join(home, "config"), ["kind-lab"], { current: "kind-lab" });
  afterAll(() => rmSync(home, { recursive: true }));

  const urls = async (settings: Record<string, unknown>) => {
    const { outputs } = await runProgram({ lessons: [], ...settings });
    const given = Object.entries(outputs).filter(([name]) => name.endsWith("_URL"));
    return Object.fromEntries(
      await Promise.all(given.map(async ([name, value]) => [name, (await valueOf(value as never)).value])),
    );
  };

  test("by default: Kiali at its node port, the others where `npm run open` gives them", async () => {
    expect(await urls(config())).toEqual({
      GATEWAY_URL: "http://10.231.0.2:31380",
      KIALI_URL: "http://10.231.0.2:31602",
      PROMETHEUS_URL: "http://localhost:9090",
      GRAFANA_URL: "http://localhost:3000",
      JAEGER_URL: "http://localhost:16686/jaeger",
    });
  });

  test("Zipkin's", async () => {
    expect(await urls(config({ addons: ["zipkin", "loki"] }))).toMatchObject({
      ZIPKIN_URL: "http://localhost:9411/zipkin",
    });
    expect([browserUrl("loki"), browserUrl("zipkin")]).toEqual([undefined, "http://localhost:9411/zipkin"]);
  });

  test.each([
    [
      "azure: by the name of the machine",
      { target: "azure", azure: required },
      "http://istio-lab-seat7-k4x9zq.westeurope.cloudapp.azure.com:31602",
    ],
    ["existing: at a node", { target: "existing", existing: { kubeconfig } }, "http://172.18.0.3:31602"],
    [
      "existing with a load balancer, whose address is the gateway's alone: at a node",
      { target: "existing", existing: { kubeconfig, serviceType: "LoadBalancer" } },
      "http://172.18.0.3:31602",
    ],
    [
      "embedded behind a ClusterIP: still at the node",
      config({ embedded: { serviceType: "ClusterIP" } }),
      "http://10.231.0.2:31602",
    ],
    ["minikube: what its host publishes", { target: "minikube" }, "http://192.168.49.2:31602"],
  ])("KIALI_URL, %s", async (_, settings, url) => {
    expect(await urls({ ...settings, addons: ["kiali"] })).toMatchObject({ KIALI_URL: url });
  });
});
