import { lessonNames, lessonOf } from "../../lessons/catalog";

/** Where Kiali's pages begin. */
export const pages = "/kiali";

/**
 * What Kiali's traffic graph shows, under the names of its own address: `URLParam` in its frontend/src/app/History.tsx. Those of 1.89.8 and of its main branch
 * were read, and are the same. What an address does not name, Kiali takes from its own defaults, or from what this browser chose last.
 */
const view = {
  graphType: "versionedApp",
  /** On each edge the requests a second, and the share that each version gets. */
  edges: "trafficRate,trafficDistribution",
  /** Versions, and no services before them; and no boxes around namespaces. With these, all lessons at once are drawn so small that Kiali leaves out every text. */
  injectServiceNodes: "false",
  boxNamespace: "false",
  /** A lock on each edge that mutual TLS protects. */
  badgeSecurity: "true",
  /** Seconds that are counted: the shortest of those that Kiali offers. */
  duration: "60",
  /** Milliseconds until it is drawn anew. */
  refresh: "10000",
};

/** The path of the graph of these namespaces. */
export function graphPath(namespaces: readonly string[]): string {
  return `${pages}/console/graph/namespaces?namespaces=${namespaces.join(",")}&${Object.entries(view)
    .map((pair) => pair.join("="))
    .join("&")}`;
}

/** The namespaces in which the apps of these lessons run, in the order of the course. A lesson whose apps call nobody and are not called has nothing to draw. */
export function graphNamespaces(installed: readonly string[]): string[] {
  const drawn = lessonNames
    .filter((name) => installed.includes(name))
    .map(lessonOf)
    .filter(({ entry, calls = [] }) => entry !== undefined || calls.length > 0);
  return drawn.map(({ namespace }) => namespace);
}
