import { autoname, Autonaming } from "./autoname";
import type { ObjectMeta, WholeObject } from "../../kube";
import { gvkOfType, isClusterScoped, isPatch, urnType } from "./kinds";
import { normalize } from "./normalize";
import { annotateSecrets, Bag, hasUnknown, plain } from "./wire";

export interface CheckArgs {
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
