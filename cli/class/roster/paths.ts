import { isMap } from "../../../base/values";
import { shown } from "../../../components/config-value";
import { configKeys } from "../../../config";

const NAMESPACE = "istio-lab:";

/**
 * Returns config by the paths that it sets. A map right under a key sets each of its entries: `azure: {nodes: 2}` means
 * `azure.nodes: 2` and leaves the rest of `azure` alone. Deeper values are set as a whole, such as the weights of a
 * service.
 */
export function byPath(given: unknown, tell: (text: string) => void): Record<string, unknown> {
  if (given === undefined || given === null) return {};
  if (!isMap(given)) {
    tell(
      `config: ${typeof given === "string" ? `a text of ${given.length} characters` : shown(given)} is not a map of config keys, such as {canary.reviews: {v1: 75, v3: 25}}`,
    );
    return {};
  }
  const entries: [string, unknown][] = Object.entries(given).flatMap(([written, value]): [string, unknown][] => {
    const path = written.startsWith(NAMESPACE) ? written.slice(NAMESPACE.length) : written;
    const problem = pathProblem(path);
    if (problem !== undefined) tell(`config path ${shownPath(written)}: ${problem}`);
    if (problem !== undefined) return [];
    return isMap(value) && !path.includes(".") && Object.keys(value).length > 0
      ? Object.entries(value).map(([key, inner]) => [`${path}.${key}`, inner])
      : [[path, value]];
  });
  entries.forEach(([path], index) => {
    const other = entries.slice(0, index).find(([before]) => overlap(before, path))?.[0];
    if (other !== undefined)
      tell(
        other === path
          ? `config path ${path} is set twice`
          : `config paths ${other} and ${path} set the same; give one of them`,
      );
  });
  return Object.fromEntries(entries);
}

/** Shows only the part of a text that reads like a path, since a value may have slipped into it. */
export function shownPath(written: string): string {
  if (/^[A-Za-z .:_-]{1,12}$/.test(written)) return written;
  const path = /^(?:istio-lab:)?([A-Za-z]{1,20})(?:[.[]["']?[A-Za-z][\w-]{0,30}["']?\]?)*/.exec(written);
  return path !== null && (configKeys as readonly string[]).includes(path[1]!)
    ? path[0] === written
      ? written
      : `${path[0]}…`
    : `a text of ${written.length} characters`;
}

function pathProblem(path: string): string | undefined {
  if (path.includes(":")) return "only keys of istio-lab are allowed here, without a namespace";
  return /^\w+(\.[\w-]+)*$/.test(path)
    ? undefined
    : "valid are names joined by dots, such as canary.reviews or azure.vmSize";
}

/** Whether the paths are equal, or one leads to the other. */
export function overlap(one: string, other: string): boolean {
  return `${one}.`.startsWith(`${other}.`) || `${other}.`.startsWith(`${one}.`);
}
