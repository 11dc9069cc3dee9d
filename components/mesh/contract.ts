import { isMap } from "../../base/values";
import type { ReportProblem } from "../config-schema";
import { accessLog } from "./access-log";
import { gatewayName, gatewaySelector } from "./gateway";
import { trustDomain } from "./identity";
import { systemNamespace } from "./system-namespace";
import { providers } from "./telemetry-providers";

type ValuesOfCharts = Readonly<Partial<Record<keyof typeof contracts, unknown>>>;

/**
 * A value of a chart that the rest of the seat relies on. A release with another value succeeds, and the seat then
 * fails minutes later, or without a word.
 */
interface Term {
  /** Keys of the chart's values. */
  readonly path: readonly string[];
  /** Whether the seat works with this value. It is not asked where the value is not set. */
  readonly keeps: (value: unknown) => boolean;
  /** Why another value breaks the seat. It continues `cannot be set: `. */
  readonly why: string;
}

const term = (path: string, keeps: Term["keeps"], why: string): Term => ({ path: path.split("."), keeps, why });
/** Helm writes true and "true" alike into an object, so both count. */
const only =
  (...allowed: readonly unknown[]) =>
  (value: unknown) =>
    allowed.some((one) => one === value || (typeof one !== "string" && String(one) === value));
const not = (refused: unknown) => (value: unknown) => !only(refused)(value);
const empty = (value: unknown) =>
  value === "" || value === null || (typeof value === "object" && Object.keys(value).length === 0);

const injection =
  "the lessons' namespaces carry istio-injection=enabled, which only an istiod without a revision serves";
const injected = "istiod's webhook would add no sidecar to the lessons' pods";
const ownWebhooks = "the webhooks have to lead to this seat's istiod";
const ownService = `the program makes the Service ${gatewayName} itself; istio-lab:existing.serviceType and existing.serviceAnnotations set its type and annotations`;
const inSystem = `istiod and what belongs to it are in namespace ${systemNamespace}`;
const everyNamespace = "the gateway and the lessons are in different namespaces, and must see each other's objects";
const readLog = "check reads the proxies' access log in its own format";
const localIstiod = "the proxies have to reach this seat's istiod";
const allScopes = "the seat needs the namespaced and the cluster-wide objects of the chart";
const internal = "it takes the place of the chart's own defaults";

/** Keys that Istio's charts read before all others. */
const general: readonly Term[] = [
  term("_internal_defaults_do_not_set", empty, internal),
  term("defaults", empty, internal),
  term("global.istioNamespace", only(systemNamespace), inSystem),
  term("global.resourceScope", only("all"), allScopes),
  ...["profile", "global.profile"].map((key) => term(key, not("remote"), "that profile installs no istiod")),
];

/** Kinds of which the program makes objects. */
const usedKinds = [
  "gateways.networking.istio.io",
  "virtualservices.networking.istio.io",
  "destinationrules.networking.istio.io",
  "envoyfilters.networking.istio.io",
  "peerauthentications.security.istio.io",
  "authorizationpolicies.security.istio.io",
  "telemetries.telemetry.istio.io",
];

/** Both charts have a validating webhook. */
const validation: readonly Term[] = [
  term("base.validationURL", empty, ownWebhooks),
  term("base.validationCABundle", empty, "istiod writes the certificate into its webhooks itself"),
  term("base.validationFailurePolicy", only("Fail"), "istiod itself changes it to Fail, which would show as drift"),
];

const base: readonly Term[] = [
  ...validation,
  term("defaultRevision", only("default", ""), "the validating webhook would lead to an istiod that does not exist"),
  term("base.enableCRDTemplates", not(false), "Istio's kinds would be missing"),
  term(
    "base.excludedCRDs",
    (kinds) => !Array.isArray(kinds) || !kinds.some((kind) => usedKinds.includes(String(kind))),
    "the seat has objects of a kind that is named here",
  ),
];

const hasProviders = (list: unknown) =>
  Array.isArray(list) &&
  [providers.tracing, providers.logging].every((name) => list.some((one) => isMap(one) && one.name === name));

const hasLogKeys = (text: unknown) => {
  try {
    const own = Object.entries(JSON.parse(accessLog.accessLogFormat) as object);
    const given = JSON.parse(String(text)) as Record<string, unknown>;
    return own.every(([key, format]) => given[key] === format);
  } catch {
    return false;
  }
};

const istiod: readonly Term[] = [
  ...validation,
  term("revision", only(""), injection),
  term("revisionTags", empty, "each tag is one more injecting webhook, and no namespace of the seat names one"),
  term("replicaCount", not(0), "no istiod would run"),
  term("configMap", not(false), "istiod reads the mesh's config from that ConfigMap"),
  term("istiodRemote.enabled", not(true), localIstiod),
  term("istiodRemote.enabledLocalInjectorIstiod", not(true), localIstiod),
  term("istiodRemote.injectionURL", empty, ownWebhooks),
  term("istiodRemote.injectionPath", only("/inject", ""), ownWebhooks),
  term("istiodRemote.injectionCABundle", empty, "istiod writes the certificate into its webhooks itself"),
  term("global.externalIstiod", not(true), localIstiod),
  term("global.remotePilotAddress", empty, localIstiod),
  term("global.configCluster", not(true), localIstiod),
  term("global.operatorManageWebhooks", not(true), "the injecting webhook would be missing"),
  term("global.omitSidecarInjectorConfigMap", not(true), injected),
  term("global.proxy.autoInject", only("enabled"), injected),
  term("global.proxy.clusterDomain", only("cluster.local"), "the seat's hosts end in svc.cluster.local"),
  term("global.proxy.statusPort", only(15020), "the metrics and the probes of the proxies are read at port 15020"),
  term("global.proxy.includeInboundPorts", only("*"), "requests past the sidecar would not be checked by mTLS"),
  term(
    "sidecarInjectorWebhook.enableNamespacesByDefault",
    not(true),
    "namespaces without a label would get sidecars: the addons', and other people's",
  ),
  term("sidecarInjectorWebhook.neverInjectSelector", empty, injected),
  term(
    "sidecarInjectorWebhook.defaultTemplates",
    (list) => empty(list) || (Array.isArray(list) && list.includes("sidecar")),
    "pods would get another container than the sidecar",
  ),
  term("meshConfig.rootNamespace", only(systemNamespace, ""), inSystem),
  term("meshConfig.trustDomain", only(trustDomain, ""), `the lessons' policies name callers of ${trustDomain}`),
  term("meshConfig.enableAutoMtls", not(false), "the proxies would send plaintext, which mTLS STRICT refuses"),
  term("meshConfig.enablePrometheusMerge", not(false), "Prometheus would find no proxy to collect from"),
  term("meshConfig.discoverySelectors", empty, "istiod would not see namespaces of the seat"),
  ...["Service", "VirtualService", "DestinationRule"].map((kind) =>
    term(
      `meshConfig.default${kind}ExportTo`,
      (list) => empty(list) || (Array.isArray(list) && list.includes("*")),
      everyNamespace,
    ),
  ),
  term(
    "meshConfig.extensionProviders",
    hasProviders,
    `the list replaces the program's own, whose ${providers.tracing} and ${providers.logging} its Telemetry objects name`,
  ),
  term("meshConfig.accessLogFile", only(accessLog.accessLogFile), "check reads the access log from the proxy's output"),
  term("meshConfig.accessLogEncoding", only(accessLog.accessLogEncoding), readLog),
  term("meshConfig.accessLogFormat", hasLogKeys, readLog),
  term("meshConfig.defaultConfig.discoveryAddress", only(`istiod.${systemNamespace}.svc:15012`, ""), localIstiod),
  term("meshConfig.defaultConfig.proxyAdminPort", only(15000), "check asks the proxies at their admin port 15000"),
  term("meshConfig.defaultConfig.statusPort", only(15020), "the metrics of the proxies are read at port 15020"),
  term("env.REVISION", only("default", ""), injection),
  term("env.INJECT_ENABLED", not(false), injected),
  term("env.INJECTION_WEBHOOK_CONFIG_NAME", only("istio-sidecar-injector", ""), ownWebhooks),
  term("env.PILOT_SCOPE_GATEWAY_TO_NAMESPACE", not(true), everyNamespace),
];

/** The chart's template of the gateway's pod: istiod's webhook replaces its image `auto`. */
const injectedGateway = "istiod's webhook would not turn the pod into a gateway";

const gateway: readonly Term[] = [
  term("name", only(gatewayName, ""), `the gateway's objects are named ${gatewayName}`),
  term("revision", only(""), injection),
  term("replicaCount", not(0), "no gateway would run"),
  term(
    "service",
    (service) => isMap(service) && Object.entries(service).every(([key, value]) => key === "type" && value === "None"),
    ownService,
  ),
  term("labels.app", only(gatewayName, ""), `the gateway's pods are named ${gatewayName}`),
  term(
    "labels.istio",
    only(gatewaySelector.istio.istio, ""),
    "the Gateway objects and the Service select by that label",
  ),
  term("networkGateway", empty, "the gateway would only see the endpoints of that network"),
  term("networkGatewayPorts", empty, ownService),
  term("rbac.enabled", not(false), "the gateway could not read the lessons' certificates"),
  term(
    "podAnnotations.inject.istio.io/templates",
    (names) => String(names).split(",").includes("gateway"),
    injectedGateway,
  ),
  term("podAnnotations.sidecar.istio.io/inject", only(true), injectedGateway),
].map(({ path, ...rest }) => ({
  // An annotation's name is one key, although it contains dots.
  path: path[0] === "podAnnotations" ? [path[0], path.slice(1).join(".")] : path,
  ...rest,
}));

const contracts = { base, istiod, gateway } as const;

/** Reports each Helm value that breaks what the rest of the seat relies on. Paths begin with the chart. */
export function reportBrokenContracts(values: ValuesOfCharts, report: ReportProblem): void {
  for (const chart of ["base", "istiod", "gateway"] as const)
    reportAll(chart, values, [...general, ...contracts[chart]], report);
}

/** The same for values that only matter where istiod makes the gateway. Paths begin at the config. */
export function reportValuesForGatewayApi(istio: unknown, report: ReportProblem): void {
  const needed = "istiod has to create the gateway's pods where gatewayApi is true";
  const terms = [
    "PILOT_ENABLE_GATEWAY_API",
    "PILOT_ENABLE_GATEWAY_API_STATUS",
    "PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER",
    "PILOT_ENABLE_GATEWAY_API_GATEWAYCLASS_CONTROLLER",
  ].map((name) => term(`env.${name}`, not(false), needed));
  if (isMap(istio) && isMap(istio.values))
    reportAll("istiod", istio.values, terms, (path, ...rest) => report(["istio", "values", ...path], ...rest));
}

function reportAll(
  chart: keyof ValuesOfCharts,
  values: ValuesOfCharts,
  terms: readonly Term[],
  report: ReportProblem,
): void {
  for (const { path, keeps, why } of terms) {
    const value = path.reduce<unknown>(
      (at, key) => (isMap(at) && Object.hasOwn(at, key) ? at[key] : undefined),
      values[chart],
    );
    if (value !== undefined && !keeps(value)) report([chart, ...path], ({ shown }) => `${shown} cannot be set: ${why}`);
  }
}
