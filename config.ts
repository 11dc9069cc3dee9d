import * as pulumi from "@pulumi/pulumi";
import { canaryToCome, catalog, lessonNames, lessonsToCome, type LessonEntry, type LessonName } from "./components/lessons/catalog";
import { readWeights, type Weights } from "./components/mesh/weights";

/** Where the cluster comes from. */
export type Target = "embedded";
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
  readonly mtls: MtlsMode;
  readonly istio: IstioSettings;
  readonly embedded: { readonly addressRange?: string };
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
}

const namespace = "istio-lab";
const targets: readonly Target[] = ["embedded"];
const targetsToCome = ["minikube", "azure", "existing"];
const mtlsModes: readonly MtlsMode[] = ["STRICT", "PERMISSIVE"];
const charts = ["base", "istiod", "gateway"] as const;
const keysToCome = ["gatewayApi", "addons", "azure", "minikube", "existing"];
const istioDefaults: IstioSettings = {
  version: "1.31.1",
  chartRepository: "https://blob.istio.io/istio-release/charts",
  hub: "docker.io/istio",
  values: {},
};

/**
 * The config of the stack that is being run.
 * @throws {pulumi.RunError} every problem of the config at once, before any resource is registered; it prints without a stack trace.
 */
export function readSettings(): Settings {
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(`${namespace}:`));
  return parseConfig(Object.fromEntries(own.map(([key, value]) => [key.slice(namespace.length + 1), value])));
}

/**
 * Settings from config as Pulumi hands it over: key without namespace → text, which for lists and maps is JSON.
 * @throws {pulumi.RunError} every problem at once, each with its key, its value and what would be valid.
 */
export function parseConfig(raw: Readonly<Record<string, string>>): Settings {
  const problems: string[] = [];
  const parser = new Parser(raw, (path, text) => problems.push(`${namespace}:${path}: ${text}`));
  const settings = parser.settings();
  if (problems.length > 0) throw new pulumi.RunError(report(problems));
  return settings;
}

function report(problems: string[]): string {
  return problems.length === 1 ? problems[0]! : [`${problems.length} problems in the config of this stack:`, ...problems].join("\n  ");
}

/** Reads one key after the other and goes on after a problem, so that all of them are told. What it returns is valid only without problems. */
class Parser {
  constructor(
    private readonly raw: Readonly<Record<string, string>>,
    private readonly problem: (path: string, text: string) => void,
  ) {}

  settings(): Settings {
    const readers = {
      target: () => this.choice("target", "target", targets, targetsToCome),
      lessons: () => this.lessons(),
      canary: () => this.canary(),
      mtls: () => this.choice("mtls", "mode", mtlsModes, [], "STRICT"),
      istio: () => this.istio(),
      embedded: () => this.embedded(),
    } satisfies { [Key in keyof Settings]: () => Settings[Key] };
    this.refuseOtherKeys("", this.raw, Object.keys(readers), keysToCome);
    return {
      target: readers.target(),
      lessons: readers.lessons(),
      canary: readers.canary(),
      mtls: readers.mtls(),
      istio: readers.istio(),
      embedded: readers.embedded(),
    };
  }

  private choice<T extends string>(key: string, noun: string, valid: readonly T[], toCome: readonly string[], fallback?: T): T {
    const value = this.raw[key] ?? fallback;
    if (value === undefined) this.problem(key, `is not set; ${now(valid, toCome)}`);
    else if (!valid.includes(value as T)) this.problem(key, refusal(value, noun, valid, toCome));
    return value as T;
  }

  private lessons(): LessonName[] {
    const list = this.json("lessons");
    if (list === undefined) return lessonNames;
    if (!Array.isArray(list)) {
      this.problem("lessons", `${shown(list)} is not a list; valid is for instance ${JSON.stringify(lessonNames)}`);
      return [];
    }
    list.forEach((name: unknown, index) => {
      const path = `lessons[${index}]`;
      if (!lessonNames.includes(name as LessonName)) this.problem(path, refusal(name, "lesson", lessonNames, lessonsToCome));
      else if (list.indexOf(name) < index) this.problem(path, `${name} is named twice`);
    });
    return list as LessonName[];
  }

  private canary(): Record<string, Weights> {
    const versions = new Map(Object.values<LessonEntry>(catalog).flatMap((lesson) => Object.entries(lesson.canary)));
    const services = [...versions.keys()];
    const given = this.map("canary", this.json("canary"), `a map such as {"${services[0]}": {"v1": 50, "v3": 50}}`);
    const splits = Object.entries(given).map(([service, split]) => {
      const known = versions.get(service);
      if (known === undefined) this.problem(`canary.${service}`, refusal(service, "service with versions", services, canaryToCome));
      const { weights, problems } = known === undefined ? { weights: {}, problems: [] } : readWeights(service, known, split);
      for (const { version, text } of problems) this.problem(["canary", service, ...(version === undefined ? [] : [version])].join("."), text);
      return [service, weights] as const;
    });
    return Object.fromEntries(splits);
  }

  private istio(): IstioSettings {
    const given = this.map("istio", this.json("istio"), "a map");
    this.refuseOtherKeys("istio.", given, Object.keys(istioDefaults));
    const text = (key: keyof IstioSettings & ("version" | "chartRepository" | "hub"), pattern: RegExp, valid: string) => {
      const value = given[key] ?? istioDefaults[key];
      if (typeof value !== "string" || !pattern.test(value)) this.problem(`istio.${key}`, `${shown(value)} is not ${valid}`);
      return value as string;
    };
    return {
      version: text("version", /^\d+\.\d+\.\d+$/, "an exact release such as 1.31.1"),
      chartRepository: text(
        "chartRepository",
        /^(https?:\/\/\S+|oci:\/\/\S+|(?![a-z]+:\/\/)[^\s~][^\n]*)$/,
        "an https:// or oci:// address, or a path relative to the project",
      ).replace(/\/+$/, ""),
      hub: text("hub", /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)*$/, "a registry with its folder, without https:// and without a slash at the end, such as docker.io/istio"),
      values: this.chartValues(given.values),
    };
  }

  private chartValues(given: unknown): IstioSettings["values"] {
    const values = this.map("istio.values", given, `a map with any of ${charts.join(", ")}`);
    this.refuseOtherKeys("istio.values.", values, charts);
    return Object.fromEntries(Object.entries(values).map(([chart, of]) => [chart, this.map(`istio.values.${chart}`, of, "a map of Helm values")]));
  }

  private embedded(): Settings["embedded"] {
    const given = this.map("embedded", this.json("embedded"), "a map");
    this.refuseOtherKeys("embedded.", given, ["addressRange"]);
    if (given.addressRange === undefined) return {};
    if (!isRangeOfFour(given.addressRange)) {
      const valid = "an IPv4 range of four addresses, such as 10.231.0.8/30: four numbers from 0 to 255, the last a multiple of 4, and /30";
      this.problem("embedded.addressRange", `${shown(given.addressRange)} is not ${valid}`);
    }
    return { addressRange: given.addressRange as string };
  }

  /** A key's JSON, or undefined when it is not set; text that is no JSON is returned as it is, for the refusal to show. */
  private json(key: string): unknown {
    const text = this.raw[key];
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }

  private map(path: string, value: unknown, valid: string): Record<string, unknown> {
    if (value === undefined) return {};
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    this.problem(path, `${shown(value)} is not ${valid}`);
    return {};
  }

  private refuseOtherKeys(prefix: string, given: object, valid: readonly string[], toCome: readonly string[] = []): void {
    for (const key of Object.keys(given).filter((key) => !valid.includes(key))) {
      this.problem(prefix + key, toCome.includes(key) ? `is not built yet; remove it (valid now: ${valid.join(", ")})` : `is no key; valid: ${valid.join(", ")}`);
    }
  }
}

function refusal(value: unknown, noun: string, valid: readonly string[], toCome: readonly string[]): string {
  const what = toCome.includes(value as string) ? `${value} is not built yet` : `${shown(value)} is no ${noun}`;
  return `${what}; ${now(valid, toCome)}`;
}

function now(valid: readonly string[], toCome: readonly string[]): string {
  return `valid${toCome.length > 0 ? " now" : ""}: ${valid.join(", ")}`;
}

function isRangeOfFour(value: unknown): boolean {
  const parts = typeof value === "string" ? /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/30$/.exec(value) : null;
  if (parts === null) return false;
  const bytes = parts.slice(1).map(Number);
  return bytes.every((byte) => byte <= 255) && bytes[3]! % 4 === 0;
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
