import type { z } from "zod";
import { choice, flag, map, names, number, text, withRule, type Immutable } from "../config-schema";
import { addonNames, type AddonName } from "./catalog";

export type KialiSettings = Immutable<z.infer<typeof kiali>>;
export type TelemetrySettings = Immutable<z.infer<typeof telemetry>>;
/** Addon → size of the PersistentVolumeClaim that keeps its data. Without one, the data goes with the addon's pod. */
export type StorageSettings = Immutable<z.infer<typeof storage>>;
export type StoredAddon = (typeof storedAddons)[number];

/** Addons that collect data. */
export const storedAddons = ["prometheus", "grafana", "jaeger", "loki"] as const satisfies readonly AddonName[];

/** All addons that a course uses, and only one of those with the same purpose. */
export const defaultAddons: readonly AddonName[] = ["kiali", "prometheus", "grafana", "jaeger"];

/** `istio-lab:addons`. */
export const addons = withRule(names("addon", addonNames, defaultAddons), (names, report) => {
  if (names.includes("jaeger") && names.includes("zipkin")) {
    report(
      [],
      "jaeger and zipkin exclude each other, because both own the Services zipkin and tracing that the proxies send to; name one of them",
    );
  }
})
  .default([...defaultAddons])
  .describe("The addons to install, with only one of jaeger and zipkin. An empty list installs none.");

/** `istio-lab:kiali`. */
export const kiali = withRule(
  map(
    {
      auth: choice("way to sign in", ["anonymous", "token"])
        .default("anonymous")
        .describe("Who may look: anyone who reaches its port, or whoever brings a token of the cluster."),
      viewOnly: flag()
        .default(true)
        .describe("Whether it can only look. Otherwise it writes Istio's objects too, and needs auth token."),
    },
    "a map",
  ),
  ({ auth, viewOnly }, report) => {
    if (auth !== "token" && viewOnly === false) {
      report(
        ["viewOnly"],
        "false with auth anonymous would let anyone who reaches Kiali's port change the mesh; set auth to token, or leave viewOnly true",
      );
    }
  },
)
  .prefault({})
  .describe("For addon kiali: who may look, and whether anyone may change the mesh.");

/** `istio-lab:telemetry`. */
export const telemetry = map(
  {
    sampling: number({ from: 0, to: 100 })
      .default(100)
      .describe("Percentage of the requests that are traced, where jaeger or zipkin takes the traces."),
  },
  "a map",
)
  .prefault({})
  .describe("What the proxies report of the requests.");

/**
 * Bytes. Less could not hold the data of a course. More is beyond the clouds' disks: the largest common ones of Azure
 * and AWS have 16 TiB or little more.
 */
const SIZES = { from: 100 * 2 ** 20, to: 16 * 2 ** 40 };

const size = withRule(text(/^[1-9]\d*(\.\d+)?[MGT]i?$/, "a size such as 5Gi"), (text, report) => {
  const [, amount, unit] = /^([\d.]+)(.*)$/.exec(text)!;
  const bytes = Number(amount) * (unit!.endsWith("i") ? 1024 : 1000) ** (" MGT".indexOf(unit![0]!) + 1);
  if (bytes < SIZES.from || bytes > SIZES.to || !Number.isInteger(bytes))
    report([], ({ shown }) => `${shown} is not a size in whole bytes from 100Mi to 16Ti`);
})
  .optional()
  .meta({ valid: "a size such as 5Gi, in whole bytes from 100Mi to 16Ti", otherwise: "it goes with the addon's pod" });

/** `istio-lab:storage`. */
export const storage = map(
  Object.fromEntries(storedAddons.map((addon) => [addon, size.describe(`Keeps what ${addon} collects.`)])) as Record<
    StoredAddon,
    typeof size
  >,
)
  .prefault({})
  .describe("Size of a PersistentVolumeClaim that keeps what an addon collects.");
