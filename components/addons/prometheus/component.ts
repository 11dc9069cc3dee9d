import * as pulumi from "@pulumi/pulumi";
import * as yaml from "yaml";
import type { Addon, AddonArgs } from "../addon";
import { changePod, changeText, keep } from "../changes";
import { addonImages } from "../../../versions";
import type { WholeObject } from "../../../kube";
import { find } from "../kube-object";
import type { RelabelConfig } from "./metric-relabeling";
import { registerObjects } from "../registration";
import { readSample } from "../samples";

/** The metrics of proxies and istiod, scraped every few seconds. */
export class PrometheusAddon extends pulumi.ComponentResource implements Addon {
  readonly url: pulumi.Output<string>;

  constructor(name: string, { addresses, mesh, istio, storage }: AddonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:addons:Prometheus", name, {}, opts);
    registerObjects(
      name,
      { objects: prometheus(storage.prometheus, istio.metricRelabelConfigs), namespace: mesh.systemNamespace },
      { parent: this },
    );

    this.url = pulumi.output(addresses.browserUrl("prometheus")!);
    this.registerOutputs({ url: this.url });
  }
}

/** Returns the sample's objects with the lab's changes; README.md names each change. */
function prometheus(size: string | undefined, relabelings: readonly RelabelConfig[]): WholeObject[] {
  const objects = readSample("prometheus");
  const deployment = find(objects, "Deployment");
  const { container } = changePod(deployment, {
    container: "prometheus-server",
    image: addonImages.prometheus,
    requests: { cpu: "50m", memory: "128Mi" },
    user: 65534,
  });
  // This argument lets anyone who reaches the port stop the server.
  container.args = container.args!.filter((arg) => arg !== "--web.enable-lifecycle");
  changeText<ScrapeConfig>(objects, "prometheus", "prometheus.yml", yaml, (config) => {
    scrapeOften(config);
    if (relabelings.length > 0) relabel(config, relabelings);
  });
  return keep(objects, deployment, "storage-volume", size);
}

interface ScrapeConfig {
  global: Intervals;
  scrape_configs: (Intervals & { job_name: string; metric_relabel_configs?: readonly RelabelConfig[] })[];
}

interface Intervals {
  scrape_interval?: string;
  scrape_timeout?: string;
}

/** A job that no dashboard of Istio uses. It makes up two thirds of all samples on a seat, and half of the memory. */
const unused = "kubernetes-api-servers";
/** Big jobs that no lesson uses. They keep the sample's interval. */
const clusterJobs = ["kubernetes-nodes", "kubernetes-nodes-cadvisor"];

/**
 * Shortens the scrape interval, so that a class sees at once what it has just done. The timeout is set as well,
 * because Prometheus allows none above the interval.
 */
function scrapeOften(config: ScrapeConfig): void {
  const { scrape_interval, scrape_timeout } = config.global;
  config.scrape_configs = config.scrape_configs.filter(({ job_name: name }) => name !== unused);
  for (const job of config.scrape_configs.filter(({ job_name: name }) => clusterJobs.includes(name)))
    Object.assign(job, { scrape_interval, scrape_timeout });
  Object.assign(config.global, { scrape_interval: "5s", scrape_timeout: "5s" });
}

/** The job that scrapes the proxies. */
const proxies = "kubernetes-pods";

function relabel(config: ScrapeConfig, relabelings: readonly RelabelConfig[]): void {
  config.scrape_configs.find(({ job_name: name }) => name === proxies)!.metric_relabel_configs = relabelings;
}
