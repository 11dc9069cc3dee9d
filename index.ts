import { secret } from "@pulumi/pulumi";
import { addonUrls, makeAddons } from "./components/addons";
import { makeCluster } from "./components/cluster/cluster";
import { makeLessons, routesOf, secureLessons, urls } from "./components/lessons";
import { EntryService } from "./components/mesh/entry-service";
import { makeGateway } from "./components/mesh/gateway-api";
import { Istio, makeExtraObjects } from "./components/mesh/istio";
import { readSettings } from "./config";

const settings = readSettings();

const cluster = makeCluster("seat", settings);
const { ingress } = cluster;
const inCluster = { provider: cluster.provider };

const mesh = new Istio(
  "istio",
  { ...settings.istio, api: settings.gatewayApi ? "gateway-api" : "istio", shared: cluster.generation === undefined },
  inCluster,
);
const installed = makeLessons(settings.lessons, { ...settings, mesh }, inCluster);
const routes = routesOf(installed);
const gateway = makeGateway("istio-gateway", { mesh, routes });
makeExtraObjects("istio", { mesh, gateway, objects: settings.istio.objects });
secureLessons(installed, gateway);
const entry = new EntryService("front", { mesh, gateway, routes, ingress }, inCluster);
const addons = makeAddons({ ...settings, mesh, gateway, ingress, host: entry.host }, inCluster);

/** URL of the gateway, without a path. */
export const GATEWAY_URL = entry.url;
export const INGRESS_HOST = entry.host;
export const INGRESS_PORT = ingress.httpPort;
export const SECURE_INGRESS_PORT = ingress.httpsPort;
/** Lesson → URL at which it begins. */
export const lessons = urls(settings.lessons, entry.url);
/** Text of a kubeconfig file. */
export const kubeconfig = secret(cluster.kubeconfig);
/**
 * Exports KIALI_URL, GRAFANA_URL and so on for the installed addons only. Pulumi would warn about an undefined export
 * at each run.
 */
Object.assign(module.exports, addonUrls(addons));
