import { readFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { addonImages, collectorImage } from "../../../versions";
import { find } from "../../../components/addons/kube-object";
import { readSample } from "../../../components/addons/samples";
import { buildFlags, buildKey, flagsOf } from "../../../embedded/toolchain/key";
import {
  collectorModule,
  jaegerModule,
  kialiModule,
  meshModule,
  pinned,
  prometheusModule,
  pulumiModule,
} from "../../../embedded/toolchain/modules";

const sources = new Map([
  ["go.mod", "module a\n"],
  ["go.sum", ""],
  ["coredns/main.go", "package main\n"],
]);

describe("a build's key", () => {
  it("is the same for the same sources in whatever order, and fit for a folder's name", () => {
    const key = buildKey(pulumiModule(), sources);
    expect(key).toMatch(/^[0-9a-f]{16}$/);
    expect(buildKey(pulumiModule(), new Map([...sources].reverse()))).toBe(key);
  });

  it.each([
    ["a byte of a file", new Map([...sources, ["go.sum", "x"]] as [string, string][])],
    [
      "a file's name",
      new Map([
        ["go.mod", "module a\n"],
        ["go.sum", ""],
        ["coredns/m.go", "package main\n"],
      ]),
    ],
    [
      "where one file ends and the next begins",
      new Map([
        ["go.mod", "module a\n"],
        ["go.sum", "package main\n"],
        ["coredns/main.go", ""],
      ]),
    ],
  ])("changes with %s", (_, changed) => {
    expect(buildKey(pulumiModule(), changed)).not.toBe(buildKey(pulumiModule(), sources));
  });

  it("changes with the recipe", () => {
    const other = { ...pulumiModule(), stamps: { a: "b" } };
    expect(buildKey(other, sources)).not.toBe(buildKey(pulumiModule(), sources));
    expect(buildKey({ ...kialiModule(), addon: undefined }, sources), "who needs it is no part of it").toBe(
      buildKey(kialiModule(), sources),
    );
    const [patch] = kialiModule().patches!;
    expect(buildKey({ ...kialiModule(), patches: [{ ...patch!, to: "(address any," }] }, sources)).not.toBe(
      buildKey(kialiModule(), sources),
    );
  });
});

describe("a build's flags", () => {
  it("are the same for every module, but for the tags of its own beside the others", () => {
    expect(flagsOf(meshModule())).toEqual(buildFlags);
    const differ = flagsOf(prometheusModule()).filter((flag, at) => flag !== buildFlags[at]);
    expect(differ).toEqual(["-tags=disable_pgv,grpcnotrace,retrynotrace,remove_all_sd,enable_kubernetes_sd"]);
  });
});

describe("the versions", () => {
  it("of Prometheus is the one that the addon's image names", () => {
    expect(Object.values(prometheusModule().stamps)).toEqual([addonImages.prometheus.split(":v")[1]]);
  });

  it("of the collector is the one that the addon's image names, in every module of it", () => {
    const go = readFileSync(path.join(__dirname, "../../../embedded/toolchain/collector/go.mod"), "utf8");
    const own = [
      ...go.matchAll(
        /^\t(go\.opentelemetry\.io\/collector\S*|github\.com\/open-telemetry\/opentelemetry-collector-contrib\S*) v(\S+)$/gm,
      ),
    ];
    expect(own.map(([, name, version]) => `${name} ${version}`)).toEqual(
      own.map(([, name]) => `${name} ${collectorImage.split(":")[1]}`),
    );
    expect(own.length).toBeGreaterThan(5);
    expect(collectorModule().stamps).toEqual({ "main.version": "0.73.0" });
  });

  it("of the collector's components are those that the sample's config names, and no others", () => {
    const source = readFileSync(path.join(__dirname, "../../../embedded/toolchain/collector/main.go"), "utf8");
    const built = [...source.matchAll(/(\w+)(receiver|processor|exporter|extension)\.NewFactory\(\)/g)].map(
      ([, name, kind]) => `${kind} ${name}`,
    );
    const { data } = find(readSample("opentelemetry-collector"), "ConfigMap");
    const named = parse(data["opentelemetry-collector-config"]!) as Record<string, Record<string, unknown>>;
    const asked = ["receivers", "processors", "exporters", "extensions"].flatMap((kind) =>
      Object.keys(named[kind]!).map((name) => `${kind.slice(0, -1)} ${name.replace("_", "")}`),
    );
    expect(built.sort()).toEqual(asked.sort());
  });

  it.each([jaegerModule(), kialiModule(), prometheusModule()].map(({ name }) => name))(
    "of what %s shares with Kubernetes and Istio are theirs: it is compiled once",
    (name) => {
      for (const shared of [
        "google.golang.org/grpc",
        "google.golang.org/protobuf",
        "golang.org/x/net",
        "go.opentelemetry.io/otel",
      ]) {
        expect(`${shared} ${pinned(name, shared)}`).toBe(`${shared} ${pinned("mesh", shared)}`);
      }
    },
  );

  it.each(["kiali", "istioctl"])(
    "of what %s is made of are Kubernetes' and Istio's, word for word: none of their packages is compiled once more",
    (name) => {
      const [mesh, other] = ["mesh", name].map(modulesOf) as [Map<string, string>, Map<string, string>];
      const shared = [...other.keys()].filter((name) => mesh.has(name));
      expect(shared).toEqual(
        expect.arrayContaining([
          "k8s.io/client-go",
          "istio.io/client-go",
          "istio.io/client-go replaced by",
          "sigs.k8s.io/gateway-api",
        ]),
      );
      expect(shared.filter((name) => other.get(name) !== mesh.get(name))).toEqual([]);
    },
  );

  it("are those of go.mod, in what the programs tell of themselves", () => {
    const kubernetes = pinned("mesh", "k8s.io/kubernetes");
    expect(kubernetes).toMatch(/^v1\.\d+\.\d+$/);
    expect(meshModule().stamps["k8s.io/component-base/version.gitVersion"]).toBe(kubernetes);
    expect(meshModule().stamps["k8s.io/component-base/version.gitMinor"]).toBe(kubernetes.split(".")[1]);
  });

  it("are refused by name when go.mod has none", () => {
    expect(() => pinned("mesh", "example.org/nothing")).toThrow(
      "embedded/toolchain/mesh/go.mod does not require example.org/nothing.",
    );
  });
});

/** Every module that a go.mod requires or replaces, with its version. What replaces a module by the version that is required anyway is none. */
function modulesOf(name: string): Map<string, string> {
  const text = readFileSync(path.join(__dirname, "../../../embedded/toolchain", name, "go.mod"), "utf8");
  const required = [...text.matchAll(/^\t(\S+) (v\S+)/gm)].map(([, module, version]) => [module!, version!] as const);
  const replaced = [...text.matchAll(/^\t(\S+) => (\S+ v\S+)/gm)].map(
    ([, module, by]) => [`${module} replaced by`, by!] as const,
  );
  return new Map([...required, ...replaced]);
}
