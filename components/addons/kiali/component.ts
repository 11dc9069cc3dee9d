import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as yaml from "yaml";
import { kialiNodePort } from "../../cluster/ingress";
import type { Addon, AddonArgs, Addresses } from "../addon";
import type { AddonName } from "../catalog";
import { addMount, addVolume, changePod, changeText } from "../changes";
import { addonImages, kialiOfSample } from "../../../versions";
import type { WholeObject } from "../../../kube";
import { find, type PolicyRule } from "../kube-object";
import { registerObjects } from "../registration";
import { readSample } from "../samples";
import type { KialiSettings } from "../settings";
import { SigningKey } from "./signing-key";

/** The mesh as a graph, on a port of the node as in the course. */
export class KialiAddon extends pulumi.ComponentResource implements Addon {
  readonly url: pulumi.Output<string>;

  constructor(
    name: string,
    { addresses, mesh, ingress, host, addons, kiali: settings }: AddonArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("istio-lab:addons:Kiali", name, {}, opts);
    const namespace = mesh.systemNamespace;
    const signing = settings.auth === "token" ? [signingSecret(name, namespace, { parent: this })] : [];
    const objects = kiali(addresses, settings, addons);
    // It comes after istiod and Istio's kinds, because it looks for both when it starts.
    registerObjects(
      name,
      { objects: [...objects, nodePort(objects)], namespace, after: [mesh.injector, mesh.kinds, ...signing] },
      { parent: this },
    );

    this.url = pulumi.interpolate`http://${ingress.kialiHost ?? host}:${ingress.kialiPort}`;
    this.registerOutputs({ url: this.url });
  }
}

/** Returns the sample's objects with the lab's changes; README.md names each change. */
function kiali(addresses: Addresses, settings: KialiSettings, installed: readonly AddonName[]): WholeObject[] {
  const objects = readSample("kiali").map(ofThisRelease);
  const { pod, container } = changePod(find(objects, "Deployment"), {
    container: "kiali",
    image: addonImages.kiali,
    requests: { cpu: "10m", memory: "64Mi" },
  });
  container.startupProbe = {
    ...container.startupProbe,
    initialDelaySeconds: 1,
    periodSeconds: 2,
    failureThreshold: 90,
  };
  if (settings.auth === "token") {
    addVolume(pod, { name: signingKeyVolume, secret: { secretName: signingKeyVolume } });
    addMount(container, { name: signingKeyVolume, mountPath: `/kiali-override-secrets/${signingKeyVolume}` });
  }
  changeText<KialiConfig>(objects, "kiali", "config.yaml", yaml, (config) =>
    configure(config, addresses, settings, installed),
  );
  if (settings.viewOnly) {
    const role = find(objects, "ClusterRole");
    role.rules = role.rules.flatMap(reading);
  }
  return objects;
}

const version = addonImages.kiali.split(":v")[1]!;

/** Replaces the version, which Kiali's sample has in all labels and in its config. */
function ofThisRelease(object: WholeObject): WholeObject {
  return JSON.parse(JSON.stringify(object).replaceAll(kialiOfSample, version)) as WholeObject;
}

/** The parts of Kiali's config that are set here. */
interface KialiConfig {
  auth: { strategy: string };
  deployment: { view_only_mode: boolean };
  external_services: Record<string, object>;
  login_token?: object;
}

function configure(
  config: KialiConfig,
  { browserUrl, clusterUrl }: Addresses,
  { auth, viewOnly }: KialiSettings,
  installed: readonly AddonName[],
): void {
  config.auth.strategy = auth;
  config.deployment.view_only_mode = viewOnly;
  // The sample's key is public. With anonymous access nothing is signed. With tokens, a Secret of the seat holds its
  // own key.
  delete config.login_token;
  const has = (addon: AddonName) => installed.includes(addon);
  const urls = (addon: AddonName) => ({ internal_url: clusterUrl(addon), external_url: browserUrl(addon)! });
  Object.assign(config.external_services, {
    prometheus: has("prometheus") ? { enabled: true, url: clusterUrl("prometheus") } : { enabled: false },
    grafana: has("grafana") ? { enabled: true, ...urls("grafana") } : { enabled: false },
    // Kiali reads Jaeger's API, but not Zipkin's. HTTP is used, because Jaeger's pages have the same port.
    tracing: has("jaeger")
      ? { enabled: true, provider: "jaeger", use_grpc: false, ...urls("jaeger") }
      : { enabled: false },
    // Kiali queries istiod by port-forward, which a role without any write access may not use.
    ...(viewOnly && { istio: { ...config.external_services.istio, istio_api_enabled: false } }),
  });
}

const readingVerbs = ["get", "list", "watch"];

/** Reduces a rule of the sample to reading. TokenReviews stay: creating one checks a token and changes nothing. */
function reading(rule: PolicyRule): PolicyRule[] {
  if (rule.resources?.join() === "tokenreviews") return [rule];
  const verbs = rule.verbs.filter((verb) => readingVerbs.includes(verb));
  return verbs.length > 0 ? [{ ...rule, verbs }] : [];
}

/**
 * Creates the Service for Kiali's node port, under the name that the course uses. The addon's own Service stays
 * inside the cluster.
 */
function nodePort(objects: readonly WholeObject[]): WholeObject {
  const { metadata, spec } = find(objects, "Service");
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "kialinodeport", labels: metadata.labels },
    spec: {
      type: "NodePort",
      selector: spec.selector,
      ports: [{ name: "http", appProtocol: "http", protocol: "TCP", port: 20001, nodePort: kialiNodePort }],
    },
  };
}

/** Kiali looks for a key in a folder of this name. */
const signingKeyVolume = "login-token-signing-key";

function signingSecret(
  name: string,
  namespace: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const { key } = new SigningKey(`${name}-signing-key`, opts);
  return new k8s.core.v1.Secret(
    `${name}-secret`,
    { metadata: { name: signingKeyVolume, namespace }, stringData: { "value.txt": key } },
    opts,
  );
}
