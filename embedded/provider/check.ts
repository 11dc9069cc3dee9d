import { UNKNOWN } from "../../base/pulumi-marks";
import { kubeconfigFrom, type ObjectMeta, type WholeObject } from "../../kube";
import { autoname, Autonaming } from "./autoname";
import { gvkOfType, isClusterScoped, isPatch, urnType } from "./kinds";
import { normalize } from "./normalize";
import { annotateSecrets, Bag, hasUnknown, Json, plain } from "./wire";

interface CheckArgs {
  urn: string;
  olds: Bag;
  news: Bag;
  randomSeed: Uint8Array;
  autonaming?: Autonaming;
  /**
   * The namespace of objects that name none: the provider's `namespace`, else the kubeconfig context's, else
   * `default`.
   */
  defaultNamespace: string;
  /** Whether a custom kind has namespaces. Undefined if that is not known yet (no cluster, no CRD). */
  namespaced(o: WholeObject): Promise<boolean | undefined>;
}
export interface Checked {
  inputs: Bag;
  failures: { property: string; reason: string }[];
}

/** Completes the inputs of an object: its name, its namespace, its canonical form. */
export async function checkObject(a: CheckArgs): Promise<Checked> {
  const failures: Checked["failures"] = [];
  const news = plain(a.news) as WholeObject;
  const gvk = gvkOfType(urnType(a.urn));
  news.apiVersion ??= gvk.apiVersion;
  news.kind ??= gvk.kind;
  news.metadata ??= {} as ObjectMeta;
  if (isPatch(a.urn, news.kind)) {
    if (!news.metadata.name)
      failures.push({
        property: "metadata.name",
        reason: "Patch resources require the `.metadata.name` field to be set",
      });
  } else if (news.metadata.generateName && !news.metadata.name) {
    throw new Error("the `.metadata.generateName` field is not supported in Server-Side Apply mode");
  } else {
    autoname(news, plain(a.olds) as WholeObject, a.urn, a.randomSeed, a.autonaming);
  }
  if (!news.metadata.namespace && !isClusterScoped(news) && (await a.namespaced(news)) !== false)
    news.metadata.namespace = a.defaultNamespace;
  const inputs: Bag = hasUnknown(news) ? news : normalize(news);
  annotateSecrets(inputs, a.news);
  return { inputs, failures };
}

interface ConfigDiff {
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
