import * as pulumi from "@pulumi/pulumi";
import * as yaml from "yaml";
import type { Addon, AddonArgs, Addresses } from "../addon";
import type { AddonName } from "../catalog";
import { changePod, changeText, keep, tellProtocols, withoutToken } from "../changes";
import { addonImages } from "../../../versions";
import type { WholeObject } from "../../../kube";
import { find } from "../kube-object";
import { registerObjects } from "../registration";
import { readSample } from "../samples";

/** Istio's own dashboards for Prometheus' metrics, with logs and traces beside them. */
export class GrafanaAddon extends pulumi.ComponentResource implements Addon {
  readonly url: pulumi.Output<string>;

  constructor(name: string, { addresses, mesh, addons, storage }: AddonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:addons:Grafana", name, {}, opts);
    registerObjects(
      name,
      { objects: grafana(addresses, addons, storage.grafana), namespace: mesh.systemNamespace },
      { parent: this },
    );

    this.url = pulumi.output(addresses.browserUrl("grafana")!);
    this.registerOutputs({ url: this.url });
  }
}

/** Returns the sample's objects with the lab's changes; README.md names each change. */
function grafana(addresses: Addresses, installed: readonly AddonName[], size: string | undefined): WholeObject[] {
  const objects = readSample("grafana");
  const deployment = find(objects, "Deployment");
  const { pod, container } = changePod(deployment, {
    container: "grafana",
    image: addonImages.grafana,
    requests: { cpu: "20m", memory: "96Mi" },
    user: 472,
  });
  withoutToken(pod);
  tellProtocols(objects, "grafana", { service: "http" });
  // The sample admits everybody as Admin, and also has a user admin with the password admin. Here everybody may look,
  // and nobody signs in.
  const env = container.env!.filter(
    ({ name }) => !["GF_SECURITY_ADMIN_USER", "GF_SECURITY_ADMIN_PASSWORD"].includes(name),
  );
  container.env = env.map((variable) =>
    variable.name === "GF_AUTH_ANONYMOUS_ORG_ROLE" ? { ...variable, value: "Viewer" } : variable,
  );
  container.env.push(
    { name: "GF_AUTH_DISABLE_LOGIN_FORM", value: "true" },
    { name: "GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION", value: "true" },
  );
  changeText<DataSources>(
    objects,
    "grafana",
    "datasources.yaml",
    yaml,
    (sources) => (sources.datasources = dataSources(sources, addresses, installed)),
  );
  return keep(objects, deployment, "storage", size);
}

interface DataSources {
  datasources: { name: string; type: string; url: string; isDefault: boolean; jsonData?: object }[];
}

/** Returns the sample's two data sources and those for traces, for the installed addons. */
function dataSources(
  { datasources: [metrics, logs] }: DataSources,
  addresses: Addresses,
  installed: readonly AddonName[],
): DataSources["datasources"] {
  const traces = { access: "proxy", editable: true, orgId: 1 };
  const all = {
    // Dashboards with rates look back four times this interval.
    prometheus: { ...metrics!, jsonData: { timeInterval: "5s" } },
    loki: logs!,
    jaeger: { ...traces, name: "Jaeger", type: "jaeger" },
    zipkin: { ...traces, name: "Zipkin", type: "zipkin" },
  };
  return Object.entries(all)
    .filter(([addon]) => installed.includes(addon as AddonName))
    .map(([addon, source], index) => ({
      ...source,
      url: addresses.clusterUrl(addon as AddonName),
      isDefault: index === 0,
    }));
}
