import type { Chart, IstioSettings } from "../../config";

/** The arguments of a Helm release that say where its chart comes from. */
export interface ChartSource {
  chart: string;
  version?: string;
  repositoryOpts?: { repo: string };
}

/** Returns the source of `chart`: a Helm repository, an OCI registry, or a folder of this project. */
export function chartSource(
  chart: Chart,
  { chartRepository: from, version }: Pick<IstioSettings, "chartRepository" | "version">,
): ChartSource {
  if (from.startsWith("oci://")) return { chart: `${from}/${chart}`, version };
  if (/^https?:\/\//.test(from)) return { chart, version, repositoryOpts: { repo: from } };
  // No version is given, because the plugin reads it from the chart itself. It compares nothing else, so the version
  // must identify the content (VERSION+hash).
  return { chart: `${/^[./]/.test(from) ? "" : "./"}${from}/${chart}` };
}
