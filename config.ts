import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { readYamlText } from "./base/yaml";
import { addonNames, type AddonName } from "./components/addons/catalog";
import { readAddons, readKiali, readStorage, readTelemetry, type KialiSettings, type StorageSettings, type TelemetrySettings } from "./components/addons/settings";
import { readRelabelConfigs, type RelabelConfig } from "./components/addons/metric-relabeling";
import { readAzure, type AzureSettings } from "./components/cluster/azure/settings";
import { readExisting, type ExistingSettings } from "./components/cluster/existing/settings";
import { readEmbedded, serviceTypes, type EmbeddedSettings } from "./components/cluster/embedded/settings";
import { readMinikube, type MinikubeSettings } from "./components/cluster/minikube/settings";
import { targetNames, type Target } from "./components/cluster/targets";
import { Given, withoutUnset, type Tell } from "./components/given";
import { keepSecrets } from "./components/kept-secret";
import { readBlog, type BlogSettings } from "./components/lessons/blog/settings";
import { readBookinfo, type BookinfoSettings } from "./components/lessons/bookinfo/settings";
import { lessonNames, lessonOf, type LessonName } from "./components/lessons/catalog";
import { CHART_REPOSITORIES, repositoryProblem } from "./components/mesh/chart-repository";
import { readExtraObjects, type ExtraObject } from "./components/mesh/extra-objects";
import { readPlan, type CanaryPlan } from "./components/mesh/canary-plan";
import { loadBalancers } from "./components/mesh/traffic-policy";
import { readWeights, type Weights } from "./components/mesh/weights";
import { lockedPathsIn, secretPaths, secretTexts, valueOf } from "./components/secret-texts";
import { istio } from "./versions";

export type { Target, EmbeddedSettings };
/** What a lesson's namespace does with plaintext: refuse it, or accept both. */
export type MtlsMode = "STRICT" | "PERMISSIVE";
/** The Helm charts of Istio that are installed, in this order. */
export type Chart = (typeof charts)[number];
/** Helm values: what YAML can say. */
export type Values = { readonly [key: string]: unknown };

/** The config of a stack, complete and valid. */
export interface Settings {
  readonly target: Target;
  readonly lessons: readonly LessonName[];
  /** Service → weights. A service without an entry sends everything to its first version. */
  readonly canary: Readonly<Record<string, Weights>>;
  /** Service → the steps by which `class canary` moves its weights. Nothing is made of it. */
  readonly canaryPlan: Readonly<Record<string, CanaryPlan>>;
  readonly mtls: MtlsMode;
  /** Routes are Gateway and HTTPRoute of the Gateway API, and not Istio's Gateway, VirtualService and DestinationRule. */
  readonly gatewayApi: boolean;
  readonly bookinfo: BookinfoSettings;
  readonly blog: BlogSettings;
  readonly addons: readonly AddonName[];
  readonly kiali: KialiSettings;
  readonly telemetry: TelemetrySettings;
  readonly storage: StorageSettings;
  readonly istio: IstioSettings;
  readonly azure: AzureSettings;
  readonly minikube: MinikubeSettings;
  readonly existing: ExistingSettings;
  readonly embedded: EmbeddedSettings;
}

/** What is known of a config beside its values. */
export interface ConfigSource {
  /** Keys, or paths, of what was set as a secret: no message shows a value, or a map's key, at or below one. @default none */
  readonly secrets?: readonly string[];
  /** Whose config it is, for the commands that messages name. */
  readonly stack?: string;
}

/** What is wrong with a config, at a path without namespace. */
export interface ConfigProblem {
  readonly path: string;
  readonly text: string;
}

export interface IstioSettings {
  /** Release of Istio, exact. */
  readonly version: string;
  /** `https://…`, `oci://…`, or a path relative to the project that holds a chart in each of base, istiod and gateway. */
  readonly chartRepository: string;
  /** Registry and folder of Istio's images. */
  readonly hub: string;
  /** Helm values laid over this program's own. */
  readonly values: Readonly<Partial<Record<Chart, Values>>>;
  /** Objects of Istio's kinds that are made beside the program's own, in Istio's own namespace. @default none */
  readonly objects: readonly ExtraObject[];
  /** What Prometheus does with the proxies' metrics before it stores them. @default nothing */
  readonly metricRelabelConfigs: readonly RelabelConfig[];
}

const namespace = "istio-lab";
const mtlsModes: readonly MtlsMode[] = ["STRICT", "PERMISSIVE"];
const charts = ["base", "istiod", "gateway"] as const;
/** The keys of the config, without namespace. */
export const configKeys = [
  "target", "lessons", "canary", "canaryPlan", "mtls", "gatewayApi", "bookinfo", "blog", "addons", "kiali", "telemetry", "storage",
  "istio", "azure", "minikube", "existing", "embedded",
] as const satisfies readonly (keyof Settings)[];

/** Values that are words of the config: they stand in objects and messages by right, also where one was set as a secret. */
export const configWords: ReadonlySet<string> = new Set([
  ...configKeys, ...targetNames, ...mtlsModes, ...serviceTypes, ...charts, ...lessonNames, ...addonNames, ...loadBalancers, "LoadBalancer", "anonymous", "docker.io/istio", "productpage",
]); // prettier-ignore

/**
 * The config of the stack that is being run.
 * @throws {pulumi.RunError} every problem of the config at once, before any resource is registered; it prints without a stack trace.
 */
export function readSettings(): Settings {
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(`${namespace}:`));
  const withoutNamespace = (key: string) => key.slice(namespace.length + 1);
  const raw = Object.fromEntries(own.map(([key, value]) => [withoutNamespace(key), value]));
  const locked = own.map(([key]) => key).filter(isConfigSecret).map(withoutNamespace);
  const secrets = locked.length === 0 ? [] : secretPaths(locked, lockedHere());
  keepSecrets(secretTexts(raw, secrets), configWords);
  return parseConfig(raw, { secrets, stack: pulumi.getStack() });
}

/** Paths of the secrets in the stack's file, where the program finds it: Pulumi says only of whole keys that they hold one. */
function lockedHere(): string[] {
  try {
    return lockedPathsIn(readFileSync(`Pulumi.${pulumi.getStack()}.yaml`, "utf8"), namespace);
  } catch {
    return []; // then a key that holds one is secret whole
  }
}

/** Whether Pulumi says that a secret is in this key's value. The library has it, but not in its types. */
function isConfigSecret(key: string): boolean {
  return (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);
}

/**
 * Settings from config as Pulumi hands it over: key without namespace → text, which for lists and maps is JSON.
 * @throws {pulumi.RunError} every problem at once, each with its key, its value and what would be valid.
 */
export function parseConfig(raw: Readonly<Record<string, string>>, source: ConfigSource = {}): Settings {
  const { settings, problems } = judgeConfig(raw, source);
  if (problems.length > 0) throw new pulumi.RunError(report(problems.map(({ path, text }) => `${namespace}:${path}: ${text}`)));
  return settings;
}

/** The same for who has more than one config to tell the problems of. The settings are valid only where there are none. */
export function judgeConfig(raw: Readonly<Record<string, string>>, source: ConfigSource = {}): { settings: Settings; problems: readonly ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const settings = parse(raw, source, (path, text) => problems.push({ path, text }));
  return { settings, problems };
}

function report(problems: string[]): string {
  return problems.length === 1 ? problems[0]! : [`${problems.length} problems in the config of this stack:`, ...problems].join("\n  ");
}

/** Reads one key after the other and goes on after a problem, so that all of them are told. What it returns is valid only without problems. */
function parse(raw: Readonly<Record<string, string>>, { secrets, stack }: ConfigSource, tell: Tell): Settings {
  const text = new Given("", raw, tell, { secrets }).fields(configKeys);
  const json = (key: keyof Settings) => {
    const given = new Given(key, raw[key] === undefined ? undefined : valueOf(raw[key]), tell, { secrets });
    for (const problem of spellingProblems(raw[key], given.value)) given.refuse(() => problem);
    return given;
  };
  const gatewayApi = json("gatewayApi").flag() ?? false;
  const target = text.target.needed.choice("target", targetNames);
  return {
    target,
    lessons: json("lessons").names("lesson", lessonNames) ?? lessonNames,
    canary: byService(json("canary"), '{"v1": 50, "v3": 50}', readWeights),
    canaryPlan: byService(json("canaryPlan"), '{"to": "v3", "steps": [10, 50, 100]}', readPlan),
    mtls: text.mtls.choice("mode", mtlsModes) ?? "STRICT",
    gatewayApi,
    bookinfo: readBookinfo(json("bookinfo"), { gatewayApi }),
    blog: readBlog(json("blog")),
    addons: readAddons(json("addons")),
    kiali: readKiali(json("kiali")),
    telemetry: readTelemetry(json("telemetry")),
    storage: readStorage(json("storage")),
    istio: readIstio(json("istio")),
    azure: readAzure(json("azure"), target === "azure"),
    minikube: readMinikube(json("minikube")),
    existing: readExisting(json("existing"), stack),
    embedded: readEmbedded(json("embedded")),
  };
}

/** A list or map that was set as one text: JSON.parse takes the last of two keys, and nobody would hear of the first. */
function spellingProblems(text: string | undefined, value: unknown): string[] {
  if (text === undefined || typeof value !== "object" || value === null) return [];
  return readYamlText(text, { shown: false }).problems.map(({ text }) => text);
}

/** What is said of services with versions, of each by `read`. */
function byService<T extends object>(given: Given, example: string, read: (service: string, versions: readonly string[], given: Given) => T): Record<string, T> {
  const versions = new Map(lessonNames.flatMap((name) => Object.entries(lessonOf(name).canary)));
  const services = [...versions.keys()];
  return given.entries(`a map such as {"${services[0]}": ${example}}`, (service, inner) => {
    const known = versions.get(service);
    if (known !== undefined) return read(service, known, inner);
    return inner.refuse(() => `${given.shownKey(service)} is no service with versions; valid: ${services.join(", ")}`) ?? ({} as T);
  });
}

function readIstio(given: Given): IstioSettings {
  const { version, chartRepository, hub, values, objects, metricRelabelConfigs } = given.fields(["version", "chartRepository", "hub", "values", "objects", "metricRelabelConfigs"], "a map");
  const repository = readRepository(chartRepository);
  const hubs = "a registry with its folder, without https:// and without a slash at the end, such as docker.io/istio";
  return {
    version: version.text(/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/, `an exact release such as ${istio.version}`) ?? istio.version,
    chartRepository: repository?.replace(/\/+$/, "") ?? "https://blob.istio.io/istio-release/charts",
    hub: hub.text(/^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)*$/, hubs) ?? "docker.io/istio",
    values: withoutUnset(readChartValues(values.fields(charts))),
    objects: readExtraObjects(objects),
    metricRelabelConfigs: readRelabelConfigs(metricRelabelConfigs),
  };
}

/** An address that may have a secret in it is not shown. */
function readRepository(given: Given): string | undefined {
  if (!given.isSet) return undefined;
  const problem = typeof given.value === "string" ? repositoryProblem(given.value) : "";
  if (problem === undefined) return given.value as string;
  const isOpen = problem === "" && !/[@?#]/.test(String(given.value));
  return given.refuse((shown) => (isOpen ? `${shown} is not ${CHART_REPOSITORIES}` : problem || `is not ${CHART_REPOSITORIES}`));
}

function readChartValues(given: Record<Chart, Given>): IstioSettings["values"] {
  return Object.fromEntries(Object.entries(given).map(([chart, values]) => [chart, values.map("a map of Helm values")]));
}
