import { secret } from "@pulumi/pulumi";
import { addonUrls, makeAddons } from "./components/addons";
import { makeCluster } from "./components/cluster/cluster";
import { makeLessons, urls } from "./components/lessons";
import { Front } from "./components/mesh/front";
import { Istio } from "./components/mesh/istio";
import { readSettings } from "./config";

const settings = readSettings();

const cluster = makeCluster("seat", settings);
const inCluster = { provider: cluster.provider };

const mesh = new Istio(
  "istio",
  { ...settings.istio, api: settings.gatewayApi ? "gateway-api" : "istio", ingress: cluster.ingress, shared: cluster.generation === undefined },
  inCluster,
);
const installed = makeLessons(settings.lessons, { ...settings, mesh }, inCluster);
const addons = makeAddons({ ...settings, mesh, ingress: cluster.ingress }, inCluster);
new Front("front", { mesh, ingress: cluster.ingress }, inCluster);

/** The gateway, without a path. */
export const GATEWAY_URL = mesh.gatewayUrl;
export const INGRESS_HOST = mesh.host;
export const INGRESS_PORT = cluster.ingress.httpPort;
export const SECURE_INGRESS_PORT = cluster.ingress.httpsPort;
/** Lesson → where it begins. */
export const lessons = urls(installed);
/** The text of a kubeconfig file. */
export const kubeconfig = secret(cluster.kubeconfig);
/** KIALI_URL, GRAFANA_URL and so on, of what is installed: of an export that is undefined Pulumi would warn at each run. */
Object.assign(module.exports, addonUrls(addons));
