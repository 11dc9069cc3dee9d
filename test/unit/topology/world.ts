import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { KubeObject } from "../../../kube";
import type { Seat } from "../../../cli/seat/seat";
import { callsOf } from "../../../cli/topology/traffic";
import type { Call, Topology, Traffic } from "../../../cli/topology/model";
import { liveTopology, type Objects } from "../../../cli/topology/read";

export const apis = ["istio", "gateway-api"] as const;

/** The objects of a live seat with all lessons, read from its API server and cut to what the picture reads; a copy of its own. */
export function seat(api: (typeof apis)[number]): Objects {
  return JSON.parse(readFileSync(path.join(__dirname, "fixtures", `${api}.json`), "utf8")) as Objects;
}

export const readAt = new Date("2026-11-21T20:30:00Z");
export const stands = (objects: Objects) =>
  liveTopology(objects, { stack: "embedded", gatewayUrl: "http://10.231.0.2:31380", readAt });

export function topologyOf(
  objects: Objects,
  calls: Call[] = [],
  traffic: Traffic = { source: "none", reason: "Prometheus is not installed" },
): Topology {
  const { namespaces, ...others } = stands(objects);
  return { ...others, namespaces, calls: callsOf(namespaces, others.gateway !== undefined, calls), traffic };
}

export function serviceIn({ namespaces }: Pick<Topology, "namespaces">, namespace: string, name: string) {
  return namespaces.find((view) => view.name === namespace)?.services.find((service) => service.name === name);
}

export function find(objects: KubeObject[], name: string): KubeObject {
  const found = objects.find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

export type Series = { labels: Record<string, string>; value: number };

/** A Prometheus that answers a query that names `metric` with these series, and any other with none. */
export function prometheus(answers: Record<string, Series[]>): Pick<Seat, "fromService"> {
  return {
    fromService: async (_namespace, _service, _port, url) => {
      const query = new URL(url, "http://prometheus").searchParams.get("query")!;
      const series = Object.entries(answers).find(([metric]) => query.includes(metric))?.[1] ?? [];
      const result = series.map(({ labels, value }) => ({ metric: labels, value: [0, String(value)] }));
      return { status: 200, body: JSON.stringify({ status: "success", data: { resultType: "vector", result } }) };
    },
  };
}
