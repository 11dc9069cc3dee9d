import { systemNamespace } from "../mesh/system-namespace";
import { catalog, type AddonEntry, type AddonName } from "./catalog";

/** Where another addon in the cluster finds it. */
export function clusterUrl(addon: AddonName): string {
  const { service, port, path } = catalog[addon];
  return `http://${service}.${systemNamespace}:${port}${path}`;
}

/** What a browser follows while `npm run open` runs; undefined for an addon without pages. */
export function browserUrl(addon: AddonName): string | undefined {
  const { localPort, path }: AddonEntry = catalog[addon];
  return localPort === undefined ? undefined : `http://localhost:${localPort}${path}`;
}
