import type { KubeObject } from "../../../../kube";
import { kubectl, lookAt, namespaceOf, repair, ref, heldPairs, missing } from "../objects";
import type { RuleFinding, Rule } from "../snapshot";
import { at, isAlike, mapsAt, shown } from "../../../seat/json";

/** The mesh's Telemetry is gone, so proxies do not report what it asked for. */
export const telemetryThere: Rule = (snapshot) =>
  missing(snapshot, "Telemetry").map((made): RuleFinding => ({
    ...where(made),
    cause: `${ref("Telemetry", made)}, which Pulumi made, no longer exists: without it the proxies ${
      asks(made)
        .map(({ without }) => without)
        .join(" and ") || "report as Istio's defaults say"
    }.`,
    look: kubectl("get telemetries", `-n ${namespaceOf(made) ?? ""}`),
    fix: snapshot.repairCommand,
  }));

/** The tracing rate changed, or traces go elsewhere. */
export const telemetryTracing: Rule = (snapshot) =>
  heldPairs(snapshot, "Telemetry").flatMap(({ live, made }) =>
    mapsAt(made, "spec", "tracing").flatMap((before, index): RuleFinding[] => {
      const now = at(live, "spec", "tracing", index);
      const changes = fields.flatMap(({ path, does }) => {
        const [is, was] = [at(now, ...path), at(before, ...path)];
        return isAlike(is, was)
          ? []
          : [`spec.tracing[${index}].${path.join(".")} ${shown(is)}, Pulumi made it ${shown(was)}: ${does(is)}`];
      });
      if (changes.length === 0) return [];
      return [
        {
          ...where(made),
          cause: `${ref("Telemetry", live)} has ${changes.join("; ")}.`,
          look: lookAt("Telemetry", live),
          fix: repair(snapshot, "Telemetry", live),
        },
      ];
    }),
  );

const fields: { path: (string | number)[]; does: (is: unknown) => string }[] = [
  {
    path: ["randomSamplingPercentage"],
    does: (is) =>
      is === undefined
        ? "Istio traces one request of a hundred by default"
        : `of a hundred requests ${shown(is)} are traced`,
  },
  {
    path: ["disableSpanReporting"],
    does: (is) => (is === true ? "proxies report no span" : "proxies report their spans"),
  },
  { path: ["providers", 0, "name"], does: () => "the spans go there" },
];

/** A Telemetry affects what the addons show, in every namespace. */
function where(telemetry: KubeObject): Pick<RuleFinding, "namespace" | "services" | "aspects"> {
  return { namespace: namespaceOf(telemetry), services: [], aspects: asks(telemetry).map(({ aspect }) => aspect) };
}

/** What a Telemetry asks of the proxies. https://istio.io/latest/docs/reference/config/telemetry/ */
function asks(telemetry: KubeObject) {
  const has = (field: string) => mapsAt(telemetry, "spec", field).length > 0;
  return [
    ...(has("tracing") ? [{ aspect: "tracing", without: "trace no request" } as const] : []),
    ...(has("accessLogging")
      ? [{ aspect: "logging", without: "send their access log only to their own output" } as const]
      : []),
    ...(has("metrics") ? [{ aspect: "metrics", without: "count as Istio's defaults say" } as const] : []),
  ];
}
