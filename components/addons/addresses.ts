import { systemNamespace } from "../mesh/system-namespace";
import { addonOf, type AddonName } from "./catalog";

/** Where another addon in the cluster finds it. */
export function clusterUrl(addon: AddonName): string {
  const { service, port, path } = addonOf(addon);
  return `http://${service}.${systemNamespace}:${port}${path}`;
}

/** What a browser follows while `npm run open` runs; undefined for an addon without pages. */
export function browserUrl(addon: AddonName): string | undefined {
  const { localPort, path } = addonOf(addon);
  return localPort === undefined ? undefined : `http://localhost:${localPort}${path}`;
}
