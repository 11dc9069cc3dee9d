import { lookAt, namespaceOf, repair, ref, pairs } from "../objects";
import { concerns, serviceNamed } from "../concerns";
import type { Rule } from "../snapshot";
import { mapsAt, textAt, type Bag } from "../../../seat/json";

/** A DestinationRule turns off mTLS, or changes its kind, for a service of the mesh. */
export const tlsMode: Rule = (snapshot) =>
  pairs(snapshot, "DestinationRule").flatMap(({ live, made }) => {
    const before = modesOf(made);
    const wrong = modesOf(live).find(
      ({ path, mode }) => mode !== "ISTIO_MUTUAL" && before.find((other) => other.path === path)?.mode !== mode,
    );
    const service = serviceNamed(textAt(live, "spec", "host") ?? "", namespaceOf(live), snapshot);
    if (wrong === undefined) return [];
    const was = before.find(({ path }) => path === wrong.path)?.mode;
    return [
      {
        namespace: service?.namespace ?? namespaceOf(live),
        services: concerns(snapshot, "DestinationRule", live),
        aspects: ["mtls", "route", "split", "identity", "protocol", "policy", "authorization", "gateway"] as const,
        cause: `${ref("DestinationRule", live)} has ${wrong.path} ${wrong.mode}${was ? `, Pulumi made it ${was}` : made ? ", which Pulumi did not write" : "; Pulumi did not make it"}: the callers' proxies ${does(wrong.mode)} to ${textAt(live, "spec", "host") ?? "it"}, and a side that is STRICT ends such connections.`,
        look: lookAt("DestinationRule", live),
        fix: repair(snapshot, "DestinationRule", live),
      },
    ];
  });

function modesOf(rule: unknown): { path: string; mode: string }[] {
  const of = (policy: unknown, path: string): { path: string; mode: string }[] => {
    const mode = textAt(policy, "tls", "mode");
    return [
      ...(mode === undefined ? [] : [{ path: `${path}.tls.mode`, mode }]),
      ...mapsAt(policy, "portLevelSettings").flatMap((level: Bag, index) =>
        of(level, `${path}.portLevelSettings[${index}]`),
      ),
    ];
  };
  const spec = (rule as { spec?: { trafficPolicy?: unknown } } | undefined)?.spec;
  return [
    ...of(spec?.trafficPolicy, "spec.trafficPolicy"),
    ...mapsAt(spec, "subsets").flatMap((subset, index) =>
      of(subset.trafficPolicy, `spec.subsets[${index}].trafficPolicy`),
    ),
  ];
}

function does(mode: string): string {
  return mode === "DISABLE" ? "send plaintext" : `speak TLS without the mesh's certificates (${mode})`;
}
