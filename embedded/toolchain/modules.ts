import * as fs from "node:fs";
import * as path from "node:path";
import type { AddonName } from "../../versions";
import { istio, istioRevision, kialiRevision } from "../../versions";

/** What one Go module of this folder builds, and how. Part of the build's key: a changed recipe is a new build. */
export interface GoModule {
  /** The folder below `embedded/toolchain` that holds go.mod and go.sum. */
  readonly name: string;
  /** What the progress line says. */
  readonly title: string;
  /** Packages given to `go build`; `tool` is every package of go.mod's tool block. */
  readonly packages: readonly string[];
  /** Build tags beside those of every module. */
  readonly tags?: readonly string[];
  /** The programs that come out. */
  readonly binaries: readonly string[];
  /** Strings stamped into the programs (`-X name=value`): the versions they tell. */
  readonly stamps: Readonly<Record<string, string>>;
  /** Scripts and templates that a dependency brings along: its module path, and the path in it. */
  readonly files: readonly { module: string; path: string }[];
  /** What is changed in dependencies, without which they do not compile together. @default nothing */
  readonly patches?: readonly Patch[];
  /** The addon that alone needs it: a stack without that addon builds none. No part of the key. @default every seat needs it */
  readonly addon?: AddonName;
}

/** One change of a dependency's source. The text `from` must be in the file exactly once. */
export interface Patch {
  readonly module: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The version that go.mod of the Go module `name` requires of `dependency`. */
export function pinned(name: string, dependency: string): string {
  const text = fs.readFileSync(path.join(__dirname, name, "go.mod"), "utf8");
  const words = text.split("\n").map((line) =>
    line
      .replace(/^require /, "")
      .trim()
      .split(/\s+/),
  );
  const version = words.find(([path]) => path === dependency)?.[1];
  if (!version) throw new Error(`embedded/toolchain/${name}/go.mod does not require ${dependency}.`);
  return version;
}

/** The CLI that `npx pulumi` starts. */
export function pulumiModule(): GoModule {
  const version = pinned("pulumi", "github.com/pulumi/pulumi/pkg/v3");
  return {
    name: "pulumi",
    title: `Pulumi ${version.slice(1)} from source`,
    packages: ["tool"],
    binaries: ["pulumi"],
    stamps: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": version },
    files: [],
  };
}

/** Pulumi's host of Node programs, with the script that starts dynamic providers. */
export function languageHostModule(): GoModule {
  const sdk = "github.com/pulumi/pulumi/sdk/v3";
  const version = pinned("pulumi-language-nodejs", sdk);
  return {
    name: "pulumi-language-nodejs",
    title: "Pulumi's Node language host from source",
    packages: ["tool"],
    binaries: ["pulumi-language-nodejs"],
    stamps: { [`${sdk}/go/common/version.Version`]: version },
    files: [{ module: sdk, path: "nodejs/dist/pulumi-resource-pulumi-nodejs" }],
  };
}

/** Kubernetes, Istio, helm, CoreDNS and the small servers: one build, because they share most of what is compiled. */
export function meshModule(): GoModule {
  const kubernetes = pinned("mesh", "k8s.io/kubernetes");
  const [major = "", minor = ""] = kubernetes.slice(1).split(".");
  const stamps: Record<string, string> = {
    "helm.sh/helm/v3/internal/version.version": pinned("mesh", "helm.sh/helm/v3"),
    // What `helm template` takes the cluster for; helm's own build derives it from client-go as well.
    "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": major,
    "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": minor,
    "istio.io/istio/pkg/version.buildVersion": istio.version,
    "istio.io/istio/pkg/version.buildTag": istio.version,
    "istio.io/istio/pkg/version.buildGitRevision": istioRevision,
    "istio.io/istio/pkg/version.buildHub": "docker.io/istio",
  };
  // Kubernetes keeps its version twice: the components' own and the one client-go tells servers.
  for (const of of ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"]) {
    Object.assign(stamps, {
      [`${of}.gitVersion`]: kubernetes,
      [`${of}.gitMajor`]: major,
      [`${of}.gitMinor`]: minor,
      [`${of}.gitCommit`]: "", // in a module it is git's unfilled placeholder
    });
  }
  return {
    name: "mesh",
    title: `Kubernetes ${kubernetes.slice(1)}, Istio ${istio.version}, helm and CoreDNS from source`,
    packages: ["tool", "./coredns", "./storage-provisioner"],
    binaries: [
      "kube-apiserver",
      "kube-controller-manager",
      "kube-scheduler",
      "kubelet",
      "kube-proxy",
      "kubectl",
      "pilot-discovery",
      "pilot-agent",
      "helm",
      "coredns",
      "go-httpbin",
      "storage-provisioner",
    ],
    stamps,
    files: [{ module: "istio.io/istio", path: "tools/packaging/common/envoy_bootstrap.json" }],
  };
}

/**
 * Jaeger's collector, query and the storages that need no other server. A module of its own: Istio's requires much newer OpenTelemetry
 * libraries than this release of Jaeger compiles with, and no newer release can be had whole.
 */
export function jaegerModule(): GoModule {
  const version = pinned("jaeger", "github.com/jaegertracing/jaeger");
  return {
    name: "jaeger",
    title: `Jaeger ${version.slice(1)} from source`,
    packages: ["."],
    binaries: ["jaeger"],
    addon: "jaeger",
    stamps: { "github.com/jaegertracing/jaeger/pkg/version.latestVersion": version },
    files: [],
  };
}

const PROMETHEUS = "github.com/prometheus/prometheus";

/** A file for tests is not named as one, and its imports are two thirds of what there is to compile: a validator of OpenAPI documents. */
const prometheusPatches: readonly Patch[] = [
  {
    module: PROMETHEUS,
    file: "web/api/v1/test_helpers.go",
    from: "package v1\n",
    to: "//go:build ignore\n\npackage v1\n",
  },
];

/**
 * Prometheus, of its many ways to find targets only the one that asks Kubernetes: the others are SDKs of clouds. (Debian's package has all but that
 * one.) A module of its own, so that it is the very release that Istio's sample names.
 */
export function prometheusModule(): GoModule {
  return {
    name: "prometheus",
    title: `Prometheus ${prometheusVersion()} from source`,
    packages: ["tool"],
    tags: ["remove_all_sd", "enable_kubernetes_sd"],
    binaries: ["prometheus"],
    addon: "prometheus",
    stamps: { "github.com/prometheus/common/version.Version": prometheusVersion() },
    files: [],
    patches: prometheusPatches,
  };
}

/** The OpenTelemetry Collector of the very release that Istio's sample for Loki names, with the components of that sample's config. */
export function collectorModule(): GoModule {
  return {
    name: "collector",
    title: `OpenTelemetry Collector ${collectorVersion()} from source`,
    packages: ["."],
    binaries: ["collector"],
    addon: "loki",
    stamps: { "main.version": collectorVersion() },
    files: [],
  };
}

export function collectorVersion(): string {
  return pinned("collector", "go.opentelemetry.io/collector").slice(1);
}

/** Where Kiali's server and the sources of its pages are. */
export const KIALI = "github.com/kiali/kiali";

const kialiConfig = { module: KIALI, file: "config/config.go" };

/** The config that the program writes is that of Kiali 2, so here it is read under the same names. */
const kialiPatches: readonly Patch[] = [
  // Gateway API 1.3 renamed the type. With 1.1, which the release requires, all of k8s.io would be compiled once more, in an older version.
  {
    module: KIALI,
    file: "business/checkers/k8sgateways/multi_match_checker.go",
    from: "(address k8s_networking_v1.GatewayAddress,",
    to: "(address k8s_networking_v1.GatewaySpecAddress,",
  },
  // Grafana's and Jaeger's addresses are `internal_url` and `external_url` since Kiali 2.
  {
    ...kialiConfig,
    from: '\tInClusterURL   string                   `yaml:"in_cluster_url"`',
    to: '\tInClusterURL   string                   `yaml:"internal_url"`',
  },
  {
    ...kialiConfig,
    from: '\tURL            string                   `yaml:"url"`',
    to: '\tURL            string                   `yaml:"external_url"`',
  },
  {
    ...kialiConfig,
    from: '\tInClusterURL         string            `yaml:"in_cluster_url"`',
    to: '\tInClusterURL         string            `yaml:"internal_url"`',
  },
  {
    ...kialiConfig,
    from: '\tURL                  string            `yaml:"url"`',
    to: '\tURL                  string            `yaml:"external_url"`',
  },
  // It looks for the ingress gateway beside istiod; this lab's is in a namespace of its own, components/mesh/gateway.ts.
  {
    ...kialiConfig,
    from: '\t\t\t\tIngressGatewayNamespace:           "",',
    to: '\t\t\t\tIngressGatewayNamespace:           "istio-ingress",',
  },
];

/**
 * Builds Kiali's server of the newest release that Go can fetch: later ones are v2, and their module's path does not say so. It is no tool of `mesh`,
 * because its sources are changed here. kiali-pages.ts bundles its pages.
 */
export function kialiModule(): GoModule {
  const version = pinned("kiali", KIALI);
  return {
    name: "kiali",
    title: `Kiali ${version.slice(1)} from source`,
    packages: ["tool"],
    binaries: ["kiali"],
    addon: "kiali",
    stamps: { "main.version": version, "main.commitHash": kialiRevision },
    files: [],
    patches: kialiPatches,
  };
}

/** As a Go module, 3.10.0 is v0.310.0. */
export function prometheusVersion(): string {
  const [, major, minor, patch] = /^v0\.(\d)(\d\d)\.(\d+)$/.exec(pinned("prometheus", PROMETHEUS)) ?? [];
  return `${major}.${Number(minor)}.${patch}`;
}
