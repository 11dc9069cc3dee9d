import { withoutUnset, type Given } from "../given";
import { addonNames, type AddonName } from "./catalog";

export interface KialiSettings {
  /** Who may look: anyone who reaches its port, or whoever brings a token of the cluster. */
  readonly auth: "anonymous" | "token";
  /** Whether it can only look. Otherwise it writes Istio's objects, too. */
  readonly viewOnly: boolean;
}

export interface TelemetrySettings {
  /** Percentage of the requests that are traced, where there is something to take the traces. */
  readonly sampling: number;
}

/** Addon → size of the PersistentVolumeClaim that keeps what it collects. Without one it goes with the addon's pod. */
export type StorageSettings = Readonly<Partial<Record<StoredAddon, string>>>;

export type StoredAddon = (typeof storedAddons)[number];

/** Addons that collect something. */
export const storedAddons = ["prometheus", "grafana", "jaeger", "loki"] as const satisfies readonly AddonName[];

/** Everything a course looks at, and of what does the same only one. */
const defaultAddons: readonly AddonName[] = ["kiali", "prometheus", "grafana", "jaeger"];

/** Reads `istio-lab:addons`. */
export function readAddons(given: Given): readonly AddonName[] {
  const names = given.names("addon", addonNames, defaultAddons) ?? defaultAddons;
  if (names.includes("jaeger") && names.includes("zipkin")) {
    given.refuse("jaeger and zipkin cannot stand side by side, both own the Services zipkin and tracing that the proxies send to; name one of them");
  }
  return names;
}

/** Reads `istio-lab:kiali`. */
export function readKiali(given: Given): KialiSettings {
  const fields = given.fields(["auth", "viewOnly"], "a map");
  const settings = { auth: fields.auth.choice("way to sign in", ["anonymous", "token"]) ?? "anonymous", viewOnly: fields.viewOnly.flag() ?? true } as const;
  if (settings.auth === "anonymous" && !settings.viewOnly) {
    fields.viewOnly.refuse("false with auth anonymous would let anyone who reaches Kiali's port change the mesh; set auth to token, or leave viewOnly true");
  }
  return settings;
}

/** Reads `istio-lab:telemetry`. */
export function readTelemetry(given: Given): TelemetrySettings {
  return { sampling: given.fields(["sampling"], "a map").sampling.number({ from: 0, to: 100 }) ?? 100 };
}

/** Reads `istio-lab:storage`. */
export function readStorage(given: Given): StorageSettings {
  const fields = given.fields(storedAddons);
  return withoutUnset(Object.fromEntries(Object.entries(fields).map(([addon, field]) => [addon, readSize(field)])));
}

/** Less keeps nothing of a course, and more no disk of a cloud has: Azure's and AWS's largest common ones are of 16 TiB or little more. */
const SIZES = { from: 100 * 2 ** 20, to: 16 * 2 ** 40 };

function readSize(field: Given): string | undefined {
  const text = field.text(/^[1-9]\d*(\.\d+)?[MGT]i?$/, "a size such as 5Gi");
  if (text === undefined) return undefined;
  const [, amount, unit] = /^([\d.]+)(.*)$/.exec(text)!;
  const bytes = Number(amount) * (unit!.endsWith("i") ? 1024 : 1000) ** (" MGT".indexOf(unit![0]!) + 1);
  return bytes >= SIZES.from && bytes <= SIZES.to && Number.isInteger(bytes) ? text : field.refuse((shown) => `${shown} is not a size in whole bytes from 100Mi to 16Ti`);
}
