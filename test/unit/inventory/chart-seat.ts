import { gzipSync } from "node:zlib";
import { stringify } from "yaml";
import type { KubeObject, WholeObject } from "../../../kube";
import type { InventorySource } from "../../../cli/inventory";

/** The objects of a small chart, as its manifest has them. */
export function manifest(): WholeObject[] {
  return [
    {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "virtualservices.networking.istio.io" },
      spec: { group: "networking.istio.io", names: { kind: "VirtualService" } },
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "istio", namespace: "istio-system" },
      data: { mesh: "enableTracing: true\ndefaultConfig:\n  discoveryAddress: istiod:15012\n" },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "istiod", namespace: "istio-system" },
      spec: {
        selector: { matchLabels: { app: "istiod" } },
        template: {
          metadata: { labels: { app: "istiod" } },
          spec: {
            containers: [{ name: "discovery", image: "pilot:1" }],
            volumes: [{ name: "config", configMap: { name: "istio" } }],
          },
        },
      },
    },
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingWebhookConfiguration",
      metadata: { name: "istio-sidecar-injector" },
      webhooks: [
        { name: "namespace.sidecar-injector.istio.io", failurePolicy: "Fail", clientConfig: { caBundle: "" } },
      ],
    },
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: "istio-validator-istio-system" },
      webhooks: [{ name: "rev.validation.istio.io", failurePolicy: "Ignore", clientConfig: {} }],
    },
  ];
}

const kinds: Readonly<Record<string, readonly [string, boolean]>> = {
  CustomResourceDefinition: ["customresourcedefinitions", false],
  ConfigMap: ["configmaps", true],
  Deployment: ["deployments", true],
  MutatingWebhookConfiguration: ["mutatingwebhookconfigurations", false],
  ValidatingWebhookConfiguration: ["validatingwebhookconfigurations", false],
  Role: ["roles", true],
  Pod: ["pods", true],
};

/** The state's resource of the release. */
export const release = {
  urn: "urn:release",
  type: "kubernetes:helm.sh/v3:Release",
  inputs: { name: "istiod", namespace: "istio-system" },
  outputs: { status: { revision: 1 } },
};

/** An API server on which a chart was installed. A test changes `objects`, the live ones, and `records`. */
export class ChartSeat {
  readonly objects: KubeObject[];
  /** Helm's records, by revision. */
  records: { revision: number; manifest: readonly WholeObject[] }[] = [{ revision: 1, manifest: manifest() }];
  /** A document of the records that is no YAML. */
  broken = "";
  /** Paths that are not answered. */
  readonly silent: RegExp[] = [];

  constructor(made: readonly WholeObject[] = manifest()) {
    this.objects = structuredClone(made) as KubeObject[];
    for (const object of this.objects) {
      Object.assign(object.metadata, {
        uid: `uid-${object.metadata.name}`,
        resourceVersion: "7",
        labels: { ...object.metadata.labels, "app.kubernetes.io/managed-by": "Helm" },
        annotations: { "meta.helm.sh/release-name": "istiod", "meta.helm.sh/release-namespace": "istio-system" },
        managedFields: [{ manager: "helm", operation: "Update", fieldsV1: { "f:data": { "f:mesh": {} } } }],
      });
      // istiod signs the webhooks, and makes the validating one strict.
      for (const webhook of (object.webhooks ?? []) as { clientConfig: object; failurePolicy: string }[]) {
        webhook.clientConfig = { caBundle: "signed" };
        webhook.failurePolicy = "Fail";
      }
    }
  }

  find(kind: string): KubeObject {
    return this.objects.find((one) => one.kind === kind)!;
  }

  remove(kind: string): void {
    this.objects.splice(this.objects.indexOf(this.find(kind)), 1);
  }

  readonly seat: InventorySource["seat"] & { get(path: string): Promise<KubeObject | undefined> } = {
    list: async (path) => {
      this.answer(path);
      return path.endsWith("/secrets") ? this.records.map((one) => recordOf(one, this.broken)) : [];
    },
    get: async (path) => {
      this.answer(path);
      const [, version] = /^\/(?:api|apis)\/((?:[\w.-]+\/)?v\w+)$/.exec(path) ?? [];
      if (version !== undefined)
        return {
          metadata: { name: "" },
          resources: Object.entries(kinds).map(([kind, [name, namespaced]]) => ({ kind, name, namespaced })),
        };
      return this.objects.find(({ kind, metadata: { namespace, name } }) => {
        const [plural] = kinds[kind!]!;
        return path.endsWith(`/${namespace === undefined ? "" : `namespaces/${namespace}/`}${plural}/${name}`);
      });
    },
  };

  private answer(path: string): void {
    if (this.silent.some((one) => one.test(path))) throw new Error(`${path}: the API server answered 403`);
  }
}

function recordOf({ revision, manifest }: ChartSeat["records"][number], broken: string): KubeObject {
  const record = {
    name: "istiod",
    namespace: "istio-system",
    version: revision,
    info: { status: "deployed" },
    chart: { metadata: { name: "istiod", version: "1.31.0" } },
    manifest: manifest.map((object) => `---\n${stringify(object)}`).join("") + (broken && `---\n${broken}`),
  };
  const packed = Buffer.from(gzipSync(JSON.stringify(record)).toString("base64")).toString("base64");
  return {
    metadata: { name: `sh.helm.release.v1.istiod.v${revision}`, labels: { version: String(revision) } },
    data: { release: packed },
  };
}
