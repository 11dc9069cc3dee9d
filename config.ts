import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { readYamlText } from "./base/yaml";
import { addonNames, type AddonName } from "./components/addons/catalog";
import {
  addons,
  kiali,
  storage,
  telemetry,
  type KialiSettings,
  type StorageSettings,
  type TelemetrySettings,
} from "./components/addons/settings";
import { azure, reportMissingForAzure, type AzureSettings } from "./components/cluster/azure/settings";
import { embedded, serviceTypes, type EmbeddedSettings } from "./components/cluster/embedded/settings";
import { existing, type ExistingSettings } from "./components/cluster/existing/settings";
import { minikube, type MinikubeSettings } from "./components/cluster/minikube/settings";
import { targetNamed, targetNames, type Target } from "./components/cluster/targets";
import { choice, map, nodeOf, withRule } from "./components/config-schema";
import type { ConfigSource } from "./components/config-value";
import { keepSecrets } from "./components/kept-secret";
import { blog, type BlogSettings } from "./components/lessons/blog/settings";
import { bookinfo, reportForGatewayApi, type BookinfoSettings } from "./components/lessons/bookinfo/settings";
import { lessonNames, type LessonName } from "./components/lessons/catalog";
import { lessons, ownServices, reportImagesNotHere, serviceKeys } from "./components/lessons/settings";
import type { CanaryPlan } from "./components/mesh/canary-plan";
import { reportValuesForGatewayApi } from "./components/mesh/contract";
import {
  charts,
  defaultHub,
  gatewayApi,
  istio,
  mtls,
  mtlsModes,
  type IstioSettings,
  type MtlsMode,
} from "./components/mesh/settings";
import { loadBalancers } from "./components/mesh/traffic-policy";
import type { Weights } from "./components/mesh/weights";
import { lockedPathsIn, secretPaths, secretTexts, valueOf } from "./components/secret-texts";
import { validate, type ConfigProblem } from "./components/validate";

export type { Chart, Values } from "./components/mesh/settings";
export type { ConfigProblem, ConfigSource, EmbeddedSettings, IstioSettings, MtlsMode, Target };

/**
 * The keys of the config, each defined by the module that owns it. This is the only source for validation, types,
 * Pulumi.yaml and docs/config.md.
 */
export const configShape = {
  target: choice("target", targetNames).describe(
    "Where the cluster comes from: azure, virtual machines with k3s; minikube, on a laptop; existing, any cluster of a kubeconfig; embedded, a Kubernetes node on this Linux machine.",
  ),
  lessons, ...serviceKeys(), mtls, gatewayApi, bookinfo, blog, addons, kiali, telemetry, storage, istio, azure, minikube, existing, embedded,
}; // prettier-ignore

/** The config of a seat with the course's lessons. */
const courseSchema = schemaOf(configShape);

function schemaOf(shape: typeof configShape) {
  return withRule(map(shape), (config, report) => {
    if (config.gatewayApi === true) {
      reportForGatewayApi(config.bookinfo, report);
      reportValuesForGatewayApi(config.istio, report);
    }
    if (config.target === "azure") reportMissingForAzure(config.azure, report);
    if (targetNamed(config.target)?.isNodeHere) reportImagesNotHere(config.lessons, report);
  });
}

/** Returns the keys of a config with these `lessons`. Those of one's own have services of their own. */
export function shapeFor(lessons: unknown): typeof configShape {
  const own = ownServices(lessons);
  return own.length === 0 ? configShape : { ...configShape, ...serviceKeys(own) };
}

/**
 * The valid settings of a stack, with defaults filled in. The types come from the schemas. They are listed one by one
 * to avoid a cycle. The tables of targets and lessons use these settings as a type, and the schemas of `target` and
 * `lessons` use these tables.
 */
export interface Settings {
  readonly target: Target;
  readonly lessons: readonly LessonName[];
  readonly canary: Readonly<Record<string, Weights>>;
  readonly canaryPlan: Readonly<Record<string, CanaryPlan>>;
  readonly mtls: MtlsMode;
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

const namespace = "istio-lab";
/** The keys of the config, without namespace. */
export const configKeys = Object.keys(configShape) as (keyof Settings)[];

/** Words of the config that objects and messages may always contain, even if one was set as a secret. */
export const configWords: ReadonlySet<string> = new Set([
  ...configKeys, ...targetNames, ...mtlsModes, ...serviceTypes, ...charts, ...lessonNames, ...addonNames, ...loadBalancers, "LoadBalancer", "anonymous", defaultHub, "productpage",
]); // prettier-ignore

/**
 * Reads the config of the running stack.
 * @throws {pulumi.RunError} that lists every problem of the config, before any resource is registered. It prints
 *   without a stack trace.
 */
export function readSettings(): Settings {
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(`${namespace}:`));
  const withoutNamespace = (key: string) => key.slice(namespace.length + 1);
  const raw = Object.fromEntries(own.map(([key, value]) => [withoutNamespace(key), value]));
  const locked = own
    .map(([key]) => key)
    .filter(isConfigSecret)
    .map(withoutNamespace);
  const secrets = locked.length === 0 ? [] : secretPaths(locked, lockedHere());
  keepSecrets(secretTexts(raw, secrets), configWords);
  return parseConfig(raw, { secrets, stack: pulumi.getStack() });
}

/**
 * Reads the paths of the secrets from the stack's file in the working folder. Pulumi itself only says which whole
 * keys contain one.
 */
function lockedHere(): string[] {
  try {
    return lockedPathsIn(readFileSync(`Pulumi.${pulumi.getStack()}.yaml`, "utf8"), namespace);
  } catch {
    return []; // a key that contains a secret is then secret as a whole
  }
}

/**
 * Whether Pulumi says that this key's value contains a secret. The library has the function, but its types do not.
 */
function isConfigSecret(key: string): boolean {
  return (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);
}

/**
 * Parses config as Pulumi provides it: key without namespace → text, which is JSON for lists and maps.
 * @throws {pulumi.RunError} that lists every problem, each with its key, its value and what would be valid
 */
export function parseConfig(raw: Readonly<Record<string, string>>, source: ConfigSource = {}): Settings {
  const { settings, problems } = validateConfig(raw, source);
  if (problems.length > 0)
    throw new pulumi.RunError(messageOf(problems.map(({ path, text }) => `${namespace}:${path}: ${text}`)));
  return settings;
}

/**
 * Validates config like `parseConfig`, but returns the problems, for a caller with several configs. The settings are
 * valid only where there are no problems.
 */
export function validateConfig(
  raw: Readonly<Record<string, string>>,
  source: ConfigSource = {},
): { settings: Settings; problems: readonly ConfigProblem[] } {
  const config = Object.fromEntries(
    Object.entries(raw).map(([key, text]) => [key, isText(key) ? text : valueOf(text)]),
  );
  const shape = shapeFor(config.lessons);
  const schema = shape === configShape ? courseSchema : schemaOf(shape);
  const { value, problems } = validate(schema, config, source);
  const spelling = configKeys.flatMap((key) =>
    spellingProblems(raw[key], config[key]).map((text) => ({ path: key, text })),
  );
  return { settings: value, problems: [...spelling, ...problems] };
}

/** Whether Pulumi's text of a key is the value itself and not JSON. Unknown keys are not parsed. */
function isText(key: string): boolean {
  return !Object.hasOwn(configShape, key) || nodeOf(configShape[key as keyof Settings]).schema._zod.def.type === "enum";
}

function messageOf(problems: readonly string[]): string {
  return problems.length === 1
    ? problems[0]!
    : [`${problems.length} problems in the config of this stack:`, ...problems].join("\n  ");
}

/**
 * Reports keys that occur twice in a list or map that was set as one text. JSON.parse silently takes the last of two
 * equal keys.
 */
function spellingProblems(text: string | undefined, value: unknown): string[] {
  if (text === undefined || typeof value !== "object" || value === null) return [];
  return readYamlText(text, { shown: false }).problems.map(({ text }) => text);
}
