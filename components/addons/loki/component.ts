import * as pulumi from "@pulumi/pulumi";
import type { Addon, AddonArgs } from "../addon";
import { addVolume, changePod, keep, leaveOutVolume, without, withoutToken } from "../changes";
import { addonImages, collectorImage } from "../../../versions";
import type { WholeObject } from "../../../kube";
import { find } from "../kube-object";
import { registerObjects } from "../registration";
import { readSample } from "../samples";

/**
 * Access logs of all proxies, for queries in Grafana. A collector receives them from the proxies, and Loki stores
 * them.
 */
export class LokiAddon extends pulumi.ComponentResource implements Addon {
  constructor(name: string, { mesh, storage }: AddonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:addons:Loki", name, {}, opts);
    const objects = [...loki(storage.loki), ...collector()];
    registerObjects(name, { objects, namespace: mesh.systemNamespace }, { parent: this });
    this.registerOutputs();
  }
}

/** Returns the sample's objects with the lab's changes; README.md names each change. */
function loki(size: string | undefined): WholeObject[] {
  const objects = readSample("loki");
  const set = find(objects, "StatefulSet");
  // The sample always creates a claim of 10Gi. Here, `keep` only adds one that the config asks for, in its size.
  delete set.spec.volumeClaimTemplates;
  delete set.spec.template.metadata.annotations!["storage/size"];
  const { pod } = changePod(set, {
    container: "loki",
    image: addonImages.loki,
    requests: { cpu: "20m", memory: "96Mi" },
  });
  addVolume(pod, { name: "storage", emptyDir: {} });
  // The removed container looks for rules in ConfigMaps and Secrets. For it, the sample lets Loki read every Secret
  // of the cluster.
  leaveOutVolume(pod, "sc-rules-volume");
  withoutToken(pod);
  const withoutRole = without(
    without(objects, "ClusterRole", "loki-clusterrole"),
    "ClusterRoleBinding",
    "loki-clusterrolebinding",
  );
  return keep(withoutRole, set, "storage", size);
}

function collector(): WholeObject[] {
  const objects = readSample("opentelemetry-collector");
  const { pod, container } = changePod(find(objects, "Deployment"), {
    container: "opentelemetry-collector",
    image: collectorImage,
    requests: { cpu: "10m", memory: "48Mi" },
    user: 10001,
  });
  // The sample's limits are 2 CPUs and 4Gi.
  delete container.resources!.limits;
  withoutToken(pod);
  return objects;
}
