import { kubeconfigFrom } from "../../kube";
import { UNKNOWN } from "../../base/pulumi-marks";
import { Bag, Json, plain } from "./wire";

export interface ConfigDiff {
  changes: boolean;
  diffs: string[];
  replaces: string[];
}

/**
 * Decides which changes of the provider's arguments mean another cluster, and therefore new objects. That is another
 * `clusterIdentifier` if both sides have one, else another active cluster in the kubeconfig.
 */
export function diffConfig(oldBag: Bag, newBag: Bag): ConfigDiff {
  const olds = plain(oldBag) as Bag;
  const news = plain(newBag) as Bag;
  const diffs = [...new Set([...Object.keys(olds), ...Object.keys(news)])]
    .filter((k) => JSON.stringify(olds[k]) !== JSON.stringify(news[k]))
    .sort();
  if (diffs.length === 0) return { changes: false, diffs, replaces: [] };
  const id = "clusterIdentifier";
  if (id in olds && id in news) return { changes: true, diffs, replaces: diffs.includes(id) ? [id] : [] };
  const where = ["kubeconfig", "context", "cluster"];
  const unknown = where.find((k) => news[k] === UNKNOWN);
  if (unknown) return { changes: true, diffs: [unknown], replaces: [unknown] };
  const moved = JSON.stringify(activeCluster(olds)) !== JSON.stringify(activeCluster(news));
  const replaces = moved ? diffs.filter((k) => where.includes(k)) : [];
  if (diffs.includes("renderYamlToDirectory")) replaces.push("renderYamlToDirectory");
  return { changes: true, diffs, replaces };
}

function activeCluster(config: Bag): Json {
  try {
    const kubeconfig = kubeconfigFrom(
      typeof config.kubeconfig === "string"
        ? config.kubeconfig
        : config.kubeconfig && JSON.stringify(config.kubeconfig),
    );
    if (config.context) kubeconfig.setCurrentContext(config.context);
    return config.cluster ? kubeconfig.getCluster(config.cluster) : kubeconfig.getCurrentCluster();
  } catch {
    return null;
  }
}
