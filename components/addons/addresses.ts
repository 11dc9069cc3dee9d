import { systemNamespace } from "../mesh/system-namespace";
import { addonOf, type AddonName } from "./catalog";

/** Returns the URL for another addon in the cluster. */
export function clusterUrl(addon: AddonName): string {
  const { service, port, path } = addonOf(addon);
  return `http://${service}.${systemNamespace}:${port}${path}`;
}

/** Returns the URL for a browser while `npm run open` runs. Undefined for an addon without pages. */
export function browserUrl(addon: AddonName): string | undefined {
  const { localPort, path } = addonOf(addon);
  return localPort === undefined ? undefined : `http://localhost:${localPort}${path}`;
}
