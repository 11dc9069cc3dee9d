import { lessonNames, lessonOf } from "../../components/lessons/catalog";
import type { Call, Caller, NamespaceView } from "./model";

/**
 * Returns all calls of the picture: the measured ones, then known ones that were not measured. Each call is drawn
 * once; a measured call hides its unmeasured duplicates.
 */
export function callsOf(namespaces: readonly NamespaceView[], hasGateway: boolean, measured: readonly Call[]): Call[] {
  const known = (namespace: string, service: string, version?: string) =>
    namespaces.some(
      (view) =>
        view.name === namespace &&
        view.services.some(
          ({ name, versions }) =>
            name === service && (version === undefined || versions.some((one) => one.name === version)),
        ),
    );
  const drawable = measured.filter(
    ({ from, to }) =>
      known(to.namespace, to.service) && (from === "gateway" ? hasGateway : known(from.namespace, from.service)),
  );
  const unseen = [...(hasGateway ? routed(namespaces) : []), ...byTheLessons(known)].filter(
    (call) => !drawable.some((seen) => sees(seen, call)),
  );
  return [...drawable, ...unseen];
}

function routed(namespaces: readonly NamespaceView[]): Call[] {
  return namespaces.flatMap(({ name: namespace, services }) =>
    services
      .filter(({ entries }) => entries.length > 0)
      .map(({ name }): Call => ({ from: "gateway", to: { namespace, service: name }, kind: "routed" })),
  );
}

/**
 * Returns the calls that the lessons' apps make in their own code, for seats without measurements. A trainee's own
 * app appears only after it has made a call.
 */
function byTheLessons(known: (namespace: string, service: string, version?: string) => boolean): Call[] {
  return lessonNames.map(lessonOf).flatMap(({ namespace, calls = [] }) =>
    calls
      .filter(({ from, version, to }) => known(namespace, from, version) && known(namespace, to))
      .map(({ from, version, to }): Call => ({
        from: { namespace, service: from, ...(version !== undefined && { version }) },
        to: { namespace, service: to },
        kind: "written",
      })),
  );
}

function sees(seen: Call, call: Call): boolean {
  return (
    seen.to.service === call.to.service && seen.to.namespace === call.to.namespace && sameCaller(seen.from, call.from)
  );
}

function sameCaller(seen: Caller, of: Caller): boolean {
  if (seen === "gateway" || of === "gateway") return seen === of;
  return (
    seen.service === of.service &&
    seen.namespace === of.namespace &&
    (of.version === undefined || seen.version === undefined || seen.version === of.version)
  );
}
