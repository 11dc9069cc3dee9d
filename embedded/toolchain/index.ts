import * as fs from "node:fs";
import * as path from "node:path";
import type { AddonName } from "../../versions";
import type { Step } from "../../base/step";
import { chartsStep } from "./charts";
import { debianStep, systemBinary } from "./debian";
import { envoyBinary, envoyStep } from "./envoy";
import { buildStep, builtFolder } from "./go";
import { kialiPages, kialiPagesStep } from "./kiali-pages";
import {
  type GoModule,
  collectorModule,
  istioctlModule,
  jaegerModule,
  kialiModule,
  languageHostModule,
  meshModule,
  prometheusModule,
  pulumiModule,
} from "./modules";
import { javaFolder, zipkinJar, zipkinStep } from "./zipkin";

export { chartsStep } from "./charts";

/**
 * The steps that are necessary before a seat can be made, as tracks that may run in parallel. The steps of one track
 * run in order. The first track waits for the network, the second for the processor.
 *
 * @param addons the addons of the seat. Steps only for other addons, or only for commands, are left out. @default
 * every step
 */
export function toolchainTracks(addons?: readonly AddonName[]): Step[][] {
  const isNeeded = (addon: AddonName) => addons === undefined || addons.includes(addon);
  const modules = goModules().filter(
    ({ addon, onDemand }) => (addon === undefined || isNeeded(addon)) && !(onDemand && addons !== undefined),
  );
  const pages = isNeeded("kiali") ? [kialiPagesStep()] : [];
  const zipkin = isNeeded("zipkin") ? [zipkinStep()] : [];
  return [
    [debianStep(), envoyStep(), ...pages, ...zipkin],
    [...modules.map(buildStep), chartsStep()],
  ];
}

/** The same steps as one list, in an order that works. */
export function toolchainSteps(addons?: readonly AddonName[]): Step[] {
  return toolchainTracks(addons).flat();
}

/** The step that builds istioctl. */
export function istioctlStep(): Step {
  return buildStep(istioctlModule());
}

/** Only the steps for the Pulumi engine: the CLI and its language host. */
export function engineSteps(): Step[] {
  return [pulumiModule(), languageHostModule()].map(buildStep);
}

/**
 * The absolute path of a program: one built here (`kubelet`, `pilot-agent`, `pulumi`, …), `envoy`, or one of the
 * Debian packages (`etcd`, `containerd`, `s6-svscan`, …).
 *
 * @throws with the command that makes it, if it does not exist.
 */
export function binary(name: string): string {
  const module = goModules().find(
    (m) => m.binaries.includes(name) || m.files.some((file) => path.basename(file.path) === name),
  );
  const file = module ? path.join(builtFolder(module), "bin", name) : (own[name]?.() ?? systemBinary(name));
  return existing(file, name);
}

/**
 * The absolute path of a file that comes with the programs: `envoy_bootstrap.json`, Istio's template for a proxy's
 * bootstrap.
 */
export function asset(name: string): string {
  return binary(name);
}

/** The folder with an addon's pages. @throws with the command that makes them, if they do not exist */
export function pagesOf(addon: "kiali"): string {
  return existing({ kiali: kialiPages }[addon](), `${addon}'s pages`);
}

/** Files that are downloaded ready-made, by the name that binary() takes. */
const own: Readonly<Record<string, (() => string) | undefined>> = { envoy: envoyBinary, "zipkin.jar": zipkinJar };

function goModules(): GoModule[] {
  return [
    pulumiModule(),
    languageHostModule(),
    meshModule(),
    jaegerModule(),
    prometheusModule(),
    kialiModule(),
    collectorModule(),
    istioctlModule(),
  ];
}

/** The folder of the Java that runs Zipkin. @throws with the command that makes it, if it does not exist */
export function java(): string {
  return existing(javaFolder(), "java");
}

function existing(file: string | undefined, name: string): string {
  if (file && fs.existsSync(file)) return file;
  throw new Error(`${name} is not built yet. \`npm run embedded -- build\` makes what is missing.`);
}
