/**
 * Every version that the lab consists of, and the hash that pins it. Code takes them from here.
 * test/unit/docs/versions.test.ts compares the places that must repeat one: README, docs, Pulumi.yaml, package.json,
 * go.mod. docs/extending.md says how to raise one.
 */

export const istio = {
  version: "1.31.1",
  /** Minor versions of Kubernetes 1 that this release supports: istio.io/latest/docs/releases/supported-releases. */
  kubernetes: { from: 32, to: 36 },
  /**
   * The Go module of that release, named by the commit of the release branch and its date. `go list -m
   * istio.io/istio@COMMIT` prints it.
   */
  module: "v0.0.0-20260827124520-eed52ebb66ad",
  /** SHA-256 of the release's own samples, as they are in components/addons/samples. */
  samples: {
    grafana: "1f9ee332c828a29e7c4418661b80d7b766fba2d8a5234b892071ef0a0361b13e",
    jaeger: "e57bc1054b1f22c98b9cf7487e1013bacde164b183f582a0de29a978496e8741",
    kiali: "e2c786d65ab926dc49562d37808d2c838d7c953b701b0f15bcf39188ccebba5c",
    loki: "2551ebc8ba6f30c10a2bcb39e367f7c888d09a25d0112d8262ca754b93cc3c13",
    "opentelemetry-collector": "b0dd5fece8d8b1c9dd9309da7f0579401a8c3dc2ee27821691513bffeec05d25",
    prometheus: "429abcb6cb74b6045d8787c66add166aa6ca77889835107bdea8dfb46dd1eca8",
    zipkin: "7df8a5fdf4db30265956935ba23cffee9373598c5ce9a6751a6e715d35a5f691",
  },
} as const;

/** The release that this Istio release requires, file by file. */
export const gatewayApi = {
  version: "1.6.0",
  sha256: {
    "gateway.networking.k8s.io_backendtlspolicies.yaml":
      "05dd20abea3eb1b5108b9a842a8482d5099db24bd9047bfd3965c7f27a047db7",
    "gateway.networking.k8s.io_gatewayclasses.yaml": "a09b320e69257056e34f268160f883e98d4da9b8786fff3463484ba5fda719df",
    "gateway.networking.k8s.io_gateways.yaml": "7dcaf56db92b197207bc149f049c1be0208bedc8608a56905900d3bfc71b8632",
    "gateway.networking.k8s.io_grpcroutes.yaml": "a97b717e425979726039c813f308f8ab9686e5478ee5072eec5f94ec61db3bf5",
    "gateway.networking.k8s.io_httproutes.yaml": "8c05f321e53b5df6aa4bdbf622a01db9c331f26d7b9723b0fc47001c1341858a",
    "gateway.networking.k8s.io_listenersets.yaml": "2dc80892f2bf636bd678e504bca04f52856f21eef2202091ea842ef39b52339f",
    "gateway.networking.k8s.io_referencegrants.yaml":
      "37ab52cd8db78fb1fe14140aba96b64f6012a1fb6eb9b98daa321adb57b42f17",
    "gateway.networking.k8s.io_tcproutes.yaml": "a4659f3e1fd7cdd21c44757d9f0febef930dac4fe5f0430c857d5eb853d6e686",
    "gateway.networking.k8s.io_tlsroutes.yaml": "b3f7a900cb767b7be07fec6d277afe43a9b1db36053fef95beacccb1190fa6ca",
    "gateway.networking.k8s.io_udproutes.yaml": "33250d34719f05cd1791e5ea2f36d2c8323f6828c204643c53734df41d3d6e1b",
    "gateway.networking.k8s.io_vap_safeupgrades.yaml":
      "f3c4889dc8ad81a76b3c99b43462d492c8396de7c1387dbfb818edaf24841261",
  } as Readonly<Record<string, string>>,
};

/** Kubernetes of the embedded seat; embedded/toolchain/mesh/go.mod has the same. */
export const embeddedKubernetes = "1.36.3";

/**
 * The default release of k3s, and the SHA-256 of its file `k3s` for x86-64. The hash was compared in nine public
 * files of five projects. One of them names the release's own sha256sum-amd64.txt as its source. A VM compares it
 * with the file that it downloads.
 */
export const defaultK3s = {
  version: "v1.36.5+k3s1",
  sha256: "d73847bcd3c5fccef0115b372e2f9a91f3032dc84bbf71518a4617565294d313",
} as const;

/**
 * The default release from the time when every config had to give a hash. A config with only a hash still means this
 * release, so that its seat keeps its cluster.
 */
export const EARLIER_K3S = "v1.34.12+k3s1";

export const minikube = {
  /** The oldest minikube that knows the Kubernetes release below. */
  oldest: "1.36.0",
  /** The newest Kubernetes that the oldest minikube knows and that Istio supports. */
  kubernetes: "1.33.1",
} as const;

/**
 * Envoy of the embedded seat, where Istio's own build is not available. embedded/toolchain/envoy-requirements.txt has
 * the same, with its hash.
 */
export const envoy = "1.39.3";

/** The release of Istio's bookinfo sample. */
export const bookinfo = "1.20.3";

/** The images that lessons run. A check recognises by the image whose answer it reads. */
export const images = {
  curl: "docker.io/curlimages/curl:8.16.0",
  httpbin: "docker.io/mccutchen/go-httpbin:v2.15.0",
  echo: "docker.io/hashicorp/http-echo:1.0.0",
  temperatureApi: "docker.io/amrelhewy/service-mesh-temp-api:1.0",
  temperatureService: "docker.io/amrelhewy/service-mesh-temp-service:1.0",
} as const;

/**
 * Addon → its image, in the order in which addons are installed. They are the images of Istio's samples, except for
 * Kiali's. The sample's is older than the first Kiali that is made for this Istio release.
 */
export const addonImages = {
  prometheus: "docker.io/prom/prometheus:v3.10.0",
  jaeger: "docker.io/jaegertracing/jaeger:2.17.0",
  zipkin: "docker.io/openzipkin/zipkin-slim:3.4.0",
  loki: "docker.io/grafana/loki:3.6.7",
  grafana: "docker.io/grafana/grafana:12.0.1",
  kiali: "quay.io/kiali/kiali:v2.32",
} as const;

export type AddonName = keyof typeof addonImages;
/** All addons that exist. */
export const addonNames = Object.keys(addonImages) as AddonName[];

/** The image that receives the sidecars' access logs and passes them to Loki. */
export const collectorImage = "docker.io/otel/opentelemetry-collector-contrib:0.73.0";

/** Kiali's version in the sample, which has it in labels and config. */
export const kialiOfSample = "2.27";

/**
 * Zipkin's jar from upstream's own image, and Debian 12's Java. The last release keeps this version of Java for good,
 * while a security update replaces the one before it.
 */
export const zipkin = {
  version: "3.4.0",
  sha256: "c1d7e88c13954a9264b4f9e261ce3e341455fb158466833c3dc6e8c45946603f",
  java: { version: "17.0.19+10-1~deb12u2", sha256: "587784e0d7efa5256b2224c2f177850a2408485b19ab7e5cb206ceba6a6e9bd4" },
} as const;

/** The commit that the Go module's Kiali release is tagged at. Kiali's page "About" shows it. */
export const kialiRevision = "c00cab4e9ca608b5ea049e30cc2a4c97c289d50b";

/** The image of every pod's first container on the embedded seat; containerd's `sandbox_image`. */
export const pauseImage = "registry.k8s.io/pause:3.10.1";
/** The provisioner of the default StorageClass, under the name that minikube's addon gives it. */
export const storageProvisionerImage = "gcr.io/k8s-minikube/storage-provisioner:v5";

/**
 * The engine, its SDK, and the plugins. package.json has the same; embedded/toolchain/pulumi/go.mod has the engine's.
 */
export const pulumi = {
  engine: "3.259.0",
  sdk: "3.248.0",
  kubernetes: "4.32.0",
  azureNative: "3.28.0",
  random: "4.21.2",
  tls: "5.6.1",
} as const;

/** Version of @fontsource, for names with letters that the cards' own font lacks. */
export const fonts = "5.3.0";

const minor = (release: string) => release.split(".").slice(0, 2).join(".");

/** The release's commit, which istiod reports. */
export const istioRevision = istio.module.split("-").at(-1)!;
/** `1.31`: the release as docs and messages name it. */
export const istioMinor = minor(istio.version);
/** `1.32 to 1.36`. */
export const kubernetesRange = `1.${istio.kubernetes.from} to 1.${istio.kubernetes.to}`;
/** Part of a regular expression that matches the minor versions of Kubernetes that Istio supports. */
export const kubernetesMinors = `(?:${Array.from({ length: istio.kubernetes.to - istio.kubernetes.from + 1 }, (_, index) => istio.kubernetes.from + index).join("|")})`;
