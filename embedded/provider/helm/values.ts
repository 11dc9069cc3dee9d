import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { uniqueName } from "../autoname";
import { urnName } from "../kinds";
import { isMap } from "../../../base/values";
import { annotateSecrets, Bag, hasUnknown, Json, plain } from "../wire";

/** Every argument of a release that has a default, as the official plugin writes it into the state. */
const defaults: Bag = {
  allowNullValues: false,
  atomic: false,
  cleanupOnFail: false,
  createNamespace: false,
  dependencyUpdate: false,
  description: "",
  devel: false,
  disableCRDHooks: false,
  disableOpenapiValidation: false,
  disableWebhooks: false,
  forceUpdate: false,
  keyring: "",
  lint: false,
  postrender: "",
  recreatePods: false,
  renderSubchartNotes: false,
  replace: false,
  resetValues: false,
  reuseValues: false,
  skipAwait: false,
  skipCrds: false,
  verify: false,
  waitForJobs: false,
  values: {},
};
/** Arguments that only control the SDK, that are merged into others, or that are computed. */
const dropped = ["compat", "valueYamlFiles", "resourceNames", "status", "manifest"];

export interface ReleaseCheck {
  urn: string;
  olds: Bag;
  news: Bag;
  randomSeed: Uint8Array;
  defaultNamespace: string;
  /** The version in the chart's Chart.yaml. Fails if there is no such chart. */
  chartVersion(release: Bag): Promise<string>;
}

/** Completes the inputs of a release: name, namespace, every default, and the chart's version. */
export async function checkRelease(
  a: ReleaseCheck,
): Promise<{ inputs: Bag; failures: { property: string; reason: string }[] }> {
  const given = plain(a.news) as Bag;
  const name = given.name || (plain(a.olds) as Bag).name || uniqueName(urnName(a.urn), a.randomSeed);
  const named: Bag = { ...given, name, namespace: given.namespace || a.defaultNamespace };
  if (!named.skipAwait) named.timeout ??= 300;
  if (hasUnknown(named)) {
    delete named.compat;
    annotateSecrets(named, a.news);
    return { inputs: named, failures: [] };
  }
  const files = (given.valueYamlFiles ?? []) as Json[];
  let values: Bag = {};
  for (const file of files) values = merge(values, (parse(await assetText(file), { version: "1.1" }) ?? {}) as Bag);
  const inputs: Bag = { ...defaults, timeout: 0, ...named, values: merge(values, named.values ?? {}) };
  if (!inputs.allowNullValues) inputs.values = plain(inputs.values);
  for (const key of dropped) delete inputs[key];
  try {
    const checked = { ...inputs, version: await a.chartVersion(inputs) };
    annotateSecrets(checked, a.news);
    return { inputs: checked, failures: [] };
  } catch (e) {
    annotateSecrets(inputs, a.news);
    return {
      inputs,
      failures: [
        { property: "chart", reason: `${(e as Error).message}; check the chart name and repository configuration.` },
      ],
    };
  }
}

export function merge(under: Bag, over: Bag): Bag {
  const out: Bag = { ...under };
  for (const [k, v] of Object.entries(over)) out[k] = isMap(out[k]) && isMap(v) ? merge(out[k], v) : v;
  return out;
}

/** Reads the text of a FileAsset or StringAsset. */
async function assetText(asset: Json): Promise<string> {
  if (typeof asset?.text === "string") return asset.text;
  if (typeof asset?.path === "string") return readFile(asset.path, "utf8");
  throw new Error("unsupported type for 'valueYamlFiles' arg: only file and string assets");
}
