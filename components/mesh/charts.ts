import type { Chart, IstioSettings } from "../../config";

/** The part of a Helm release's arguments that says where its chart comes from. */
export interface ChartSource {
  chart: string;
  version?: string;
  repositoryOpts?: { repo: string };
}

/** Where `chart` is taken from: a Helm repository, an OCI registry, or a folder of this project. */
export function chartSource(
  chart: Chart,
  { chartRepository: from, version }: Pick<IstioSettings, "chartRepository" | "version">,
): ChartSource {
  if (from.startsWith("oci://")) return { chart: `${from}/${chart}`, version };
  if (/^https?:\/\//.test(from)) return { chart, version, repositoryOpts: { repo: from } };
  // Without a version: the plugin reads it from the chart itself and compares nothing else, so it must carry the content (VERSION+hash).
  return { chart: `${/^[./]/.test(from) ? "" : "./"}${from}/${chart}` };
}
