import type { z } from "zod";
import { isMap } from "../../base/values";
import { istio as versions } from "../../versions";
import { metricRelabelConfigs } from "../addons/prometheus/metric-relabeling";
import { choice, flag, validated, map, text, value, withRule, type Immutable } from "../config-schema";
import { CHART_REPOSITORIES, repositoryProblem } from "./chart-repository";
import { reportBrokenContracts } from "./contract";
import { extraObjects } from "./extra-objects";

/** How a lesson's namespace treats plaintext: refuse it, or accept both. */
export type MtlsMode = (typeof mtlsModes)[number];
/** The Helm charts of Istio, in the order of their installation. */
export type Chart = (typeof charts)[number];
/** Helm values: anything that YAML can express. */
export type Values = { readonly [key: string]: unknown };
export type IstioSettings = Immutable<z.infer<typeof istio>>;

export const mtlsModes = ["STRICT", "PERMISSIVE"] as const;
/** Registry and folder of Istio's images, where the config names none. */
export const defaultHub = "docker.io/istio";
export const charts = ["base", "istiod", "gateway"] as const;

/** `istio-lab:mtls`. */
export const mtls = choice("mode", mtlsModes)
  .default("STRICT")
  .describe("STRICT refuses plaintext in every lesson's namespace, PERMISSIVE accepts both.");

/** `istio-lab:gatewayApi`. */
export const gatewayApi = flag()
  .default(false)
  .describe(
    "Makes the routes as Gateway and HTTPRoute of the Gateway API, and not as Istio's Gateway, VirtualService and DestinationRule.",
  );

/** Hides an address that may contain a secret. */
const repository = validated<string>(CHART_REPOSITORIES, (value) => {
  const problem = typeof value === "string" ? repositoryProblem(value) : "";
  if (problem === undefined) return undefined;
  const isOpen = problem === "" && !/[@?#]/.test(JSON.stringify(value));
  return ({ shown }) => (isOpen ? `${shown} is not ${CHART_REPOSITORIES}` : problem || `is not ${CHART_REPOSITORIES}`);
}).transform((address) => address.replace(/\/+$/, ""));

const values = value<Values>(isMap)
  .meta({ says: { wrong: "is not a map of Helm values", missing: "" }, valid: "a map of Helm values" })
  .optional();

/** `istio-lab:istio`. */
export const istio = map(
  {
    version: text(/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/, `an exact release such as ${versions.version}`)
      .default(versions.version)
      .describe("Release of Istio."),
    chartRepository: repository
      .default("https://blob.istio.io/istio-release/charts")
      .describe("Where the charts base, istiod and gateway are."),
    hub: text(
      /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)*$/,
      "a registry with its folder, without https:// and without a slash at the end, such as docker.io/istio",
    )
      .default(defaultHub)
      .describe("Registry and folder of Istio's images."),
    values: withRule(
      map({
        base: values.describe("Values of the chart base."),
        istiod: values.describe("Values of the chart istiod."),
        gateway: values.describe("Values of the chart gateway."),
      }),
      reportBrokenContracts,
    )
      .prefault({})
      .describe("Helm values laid over this program's own. A value that would break the seat is refused by name."),
    objects: extraObjects.describe(
      "Objects of Istio's kinds that are made beside the program's own, in Istio's own namespace.",
    ),
    metricRelabelConfigs: metricRelabelConfigs.describe(
      "What Prometheus does with the proxies' metrics before it stores them.",
    ),
  },
  "a map",
)
  .prefault({})
  .describe("The release of Istio, and what is laid over it.");
