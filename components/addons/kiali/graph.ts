import { lessonOf, lessonsAmong } from "../../lessons/catalog";

/** Path at which Kiali's pages begin. */
export const pages = "/kiali";

/**
 * What Kiali's traffic graph shows, by the parameter names of its URL (`URLParam` in its
 * frontend/src/app/History.tsx). Version 1.89.8 and the main branch were read, and have the same names. Kiali takes
 * missing parameters from its defaults, or from the browser's last choice.
 */
const view = {
  graphType: "versionedApp",
  /** Shows the requests per second on each edge, and each version's share. */
  edges: "trafficRate,trafficDistribution",
  /**
   * Shows versions, without service nodes or namespace boxes. With these, Kiali draws all lessons so small that it
   * omits every text.
   */
  injectServiceNodes: "false",
  boxNamespace: "false",
  /** Shows a lock on each edge that mutual TLS protects. */
  badgeSecurity: "true",
  /** Seconds of traffic that are counted, the fewest that Kiali offers. */
  duration: "60",
  /** Milliseconds between refreshes. */
  refresh: "10000",
};

/** Returns the path of the graph of these namespaces. */
export function graphPath(namespaces: readonly string[]): string {
  return `${pages}/console/graph/namespaces?namespaces=${namespaces.join(",")}&${Object.entries(view)
    .map((pair) => pair.join("="))
    .join("&")}`;
}

/**
 * Lists the namespaces of these lessons' apps, in the order of the course, then one's own. A lesson whose apps neither call nor are
 * called has nothing to draw.
 */
export function graphNamespaces(installed: readonly string[]): string[] {
  const drawn = lessonsAmong(installed)
    .map(lessonOf)
    .filter(({ entry, calls = [] }) => entry !== undefined || calls.length > 0);
  return drawn.map(({ namespace }) => namespace);
}
