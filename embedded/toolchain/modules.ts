import * as fs from "node:fs";
import * as path from "node:path";
import type { AddonName } from "../../versions";
import { istio, istioRevision, kialiRevision } from "../../versions";

/**
 * What one Go module of this folder builds, and how. It is part of the build's key: a changed recipe is a new build.
 */
export interface GoModule {
  /** The folder below `embedded/toolchain` that holds go.mod and go.sum. */
  readonly name: string;
  /** The text of the progress line. */
  readonly title: string;
  /** Packages given to `go build`; `tool` is every package of go.mod's tool block. */
  readonly packages: readonly string[];
  /** Build tags besides those that every module has. */
  readonly tags?: readonly string[];
  /** The programs that the build makes. */
  readonly binaries: readonly string[];
  /** Strings stamped into the programs (`-X name=value`): the versions that they report. */
  readonly stamps: Readonly<Record<string, string>>;
  /** Scripts and templates of a dependency: its module path, and the path in it. */
  readonly files: readonly { module: string; path: string }[];
  /** Changes of dependencies, each with its reason. @default none */
  readonly patches?: readonly Patch[];
  /**
   * The only addon that needs the module: a stack without that addon does not build it. It is not part of the key.
   * @default every seat needs it
   */
  readonly addon?: AddonName;
  /**
   * A seat runs without the module, so `up` does not build it. The first command that needs it does. It is not part of
   * the key.
   * @default `up` builds it
   */
  readonly onDemand?: true;
}

/** One change of a dependency's source. The text `from` must be in the file exactly once. */
export interface Patch {
  readonly module: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The version of `dependency` that go.mod of the Go module `name` requires. */
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

/** The CLI that `npx pulumi` runs. */
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

const PULUMI_SDK = "github.com/pulumi/pulumi/sdk/v3";

/**
 * Makes the language host read `runtime.options` of Pulumi.yaml. This release expects them as flags. The engine, which
 * is newer, sends them in a message that only a newer language host reads.
 */
const languageHostPatches: readonly Patch[] = [
  {
    module: PULUMI_SDK,
    file: "nodejs/cmd/pulumi-language-nodejs/main.go",
    from: `"${PULUMI_SDK}/go/common/version"\n`,
    to: `"${PULUMI_SDK}/go/common/version"\n\t"${PULUMI_SDK}/go/common/workspace"\n\t"gopkg.in/yaml.v3"\n`,
  },
  {
    module: PULUMI_SDK,
    file: "nodejs/cmd/pulumi-language-nodejs/main.go",
    from: "\tflag.Parse()\n",
    to: `\tflag.Parse()
	if file, err := workspace.DetectProjectPath(); err == nil {
		var project struct {
			Runtime workspace.ProjectRuntimeInfo \`yaml:"runtime"\`
		}
		if text, err := os.ReadFile(file); err == nil && yaml.Unmarshal(text, &project) == nil {
			options := project.Runtime.Options()
			if value, ok := options["typescript"].(bool); ok {
				typescript = value
			}
			if value, ok := options["tsconfig"].(string); ok {
				tsconfigpath = value
			}
			if value, ok := options["nodeargs"].(string); ok {
				nodeargs = value
			}
		}
	}
`,
  },
];

/** Pulumi's language host for Node.js, with the script that starts dynamic providers. */
export function languageHostModule(): GoModule {
  const sdk = PULUMI_SDK;
  const version = pinned("pulumi-language-nodejs", sdk);
  return {
    name: "pulumi-language-nodejs",
    title: "Pulumi's Node language host from source",
    packages: ["tool"],
    binaries: ["pulumi-language-nodejs"],
    stamps: { [`${sdk}/go/common/version.Version`]: version },
    files: [{ module: sdk, path: "nodejs/dist/pulumi-resource-pulumi-nodejs" }],
    patches: languageHostPatches,
  };
}

const istioStamps: Readonly<Record<string, string>> = {
  "istio.io/istio/pkg/version.buildVersion": istio.version,
  "istio.io/istio/pkg/version.buildTag": istio.version,
  "istio.io/istio/pkg/version.buildGitRevision": istioRevision,
  "istio.io/istio/pkg/version.buildHub": "docker.io/istio",
};

/**
 * Kubernetes, Istio, helm, CoreDNS and the small servers. They are one build because they share most of the compiled
 * packages.
 */
export function meshModule(): GoModule {
  const kubernetes = pinned("mesh", "k8s.io/kubernetes");
  const [major = "", minor = ""] = kubernetes.slice(1).split(".");
  const stamps: Record<string, string> = {
    "helm.sh/helm/v3/internal/version.version": pinned("mesh", "helm.sh/helm/v3"),
    // The cluster version that `helm template` assumes. helm's own build also derives it from client-go.
    "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": major,
    "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": minor,
    ...istioStamps,
  };
  // Kubernetes keeps its version twice: in the components and in client-go, which reports it to servers.
  for (const of of ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"]) {
    Object.assign(stamps, {
      [`${of}.gitVersion`]: kubernetes,
      [`${of}.gitMajor`]: major,
      [`${of}.gitMinor`]: minor,
      [`${of}.gitCommit`]: "", // in a Go module, git's placeholder here is not filled
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
 * Jaeger's collector, query and the storages that need no other server. This is a separate module, because Istio's
 * requires much newer OpenTelemetry libraries than this release of Jaeger compiles with. No newer release is
 * completely available as a Go module.
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

/**
 * This test helper has no test file's name, so it is compiled too. Its imports, a validator of OpenAPI documents, are
 * two thirds of what there is to compile.
 */
const prometheusPatches: readonly Patch[] = [
  {
    module: PROMETHEUS,
    file: "web/api/v1/test_helpers.go",
    from: "package v1\n",
    to: "//go:build ignore\n\npackage v1\n",
  },
];

/**
 * Prometheus, with only one way to find targets: Kubernetes. The others are SDKs of clouds. (Debian's package has all
 * but that one.) This is a separate module, so that it has exactly the release that Istio's sample names.
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

/**
 * The OpenTelemetry Collector in the release that Istio's sample for Loki names. It contains only the components of
 * that sample's config.
 */
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

/** The Go module of Kiali's server and of the sources of its pages. */
export const KIALI = "github.com/kiali/kiali";

const kialiConfig = { module: KIALI, file: "config/config.go" };

/** The program writes the config of Kiali 2, so these patches make Kiali 1 read the same names. */
const kialiPatches: readonly Patch[] = [
  // Gateway API 1.3 renamed the type. With 1.1, which this release requires, all of k8s.io would be compiled again in
  // an older version.
  {
    module: KIALI,
    file: "business/checkers/k8sgateways/multi_match_checker.go",
    from: "(address k8s_networking_v1.GatewayAddress,",
    to: "(address k8s_networking_v1.GatewaySpecAddress,",
  },
  // Since Kiali 2, the addresses of Grafana and Jaeger are named `internal_url` and `external_url`.
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
  // Kiali looks for the ingress gateway beside istiod. This lab's gateway has its own namespace, see
  // components/mesh/gateway.ts.
  {
    ...kialiConfig,
    from: '\t\t\t\tIngressGatewayNamespace:           "",',
    to: '\t\t\t\tIngressGatewayNamespace:           "istio-ingress",',
  },
];

/**
 * Kiali's server in the newest release that Go can download: later ones are v2, but their module path does not say
 * so. It is not a tool of `mesh`, because its sources are patched here. kiali-pages.ts bundles its pages.
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

/**
 * Istio's own command-line tool. It is a module of its own, so that the cluster's programs do not wait for the packages
 * that only the tool has.
 */
export function istioctlModule(): GoModule {
  return {
    name: "istioctl",
    title: `istioctl ${istio.version} from source`,
    packages: ["tool"],
    binaries: ["istioctl"],
    onDemand: true,
    stamps: istioStamps,
    files: [],
  };
}

/** The Go module of Prometheus 3.10.0 has the version v0.310.0. */
export function prometheusVersion(): string {
  const [, major, minor, patch] = /^v0\.(\d)(\d\d)\.(\d+)$/.exec(pinned("prometheus", PROMETHEUS)) ?? [];
  return `${major}.${Number(minor)}.${patch}`;
}
