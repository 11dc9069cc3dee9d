import { catalog } from "../../../components/addons/catalog";
import { systemNamespace } from "../../../components/mesh/system-namespace";
import type { DashboardsCheck } from "../../../components/lessons/checks/check";
import type { Seat } from "../../seat/seat";
import { beginning, listed, type Probe } from "./probe";

export interface DashboardsSeen {
  health: { status: number; body: string };
  dataSources: string[];
  dashboards: string[];
}

export const dashboards: Probe<DashboardsCheck, DashboardsSeen> = {
  expected: ({ dataSources, dashboards }) =>
    `Grafana is well, with ${dataSources.length > 0 ? `data sources ${listed(dataSources)} and ` : ""}${dashboards.join(", ")}`,
  async look(_, { seat }) {
    const health = await ask(seat, "/api/health");
    if (health.status !== 200) return { health, dataSources: [], dashboards: [] };
    // A viewer may not list data sources, but may read the settings that Grafana gives its pages.
    const [settings, found] = await Promise.all([
      ask(seat, "/api/frontend/settings"),
      ask(seat, "/api/search?type=dash-db&limit=200"),
    ]);
    const { datasources = {} } = parsed(settings, "/api/frontend/settings") as {
      datasources?: Record<string, unknown>;
    };
    return {
      health,
      dataSources: Object.keys(datasources),
      dashboards: (parsed(found, "/api/search") as { title: string }[]).map(({ title }) => title),
    };
  },
  evaluate(wanted, { health, dataSources, dashboards }) {
    if (health.status !== 200)
      return { ok: false, seen: `/api/health: ${health.status} ${beginning(health.body, 80)}` };
    const lacks = [
      ...wanted.dataSources.filter((name) => !dataSources.includes(name)),
      ...wanted.dashboards.filter((title) => !dashboards.includes(title)),
    ];
    if (lacks.length > 0) return { ok: false, seen: `Grafana has no ${lacks.join(", no ")}` };
    return {
      ok: true,
      seen: `${wanted.dataSources.length > 0 ? `data sources ${listed(wanted.dataSources)}, ` : ""}${dashboards.length} dashboards, Istio's among them`,
    };
  },
  async placeholder(_, { seat }) {
    const { status } = await ask(seat, "/api/health");
    return { ok: status === 200, seen: `grafana:${catalog.grafana.port}/api/health: ${status}` };
  },
};

function ask(seat: Seat, path: string): Promise<{ status: number; body: string }> {
  return seat.fromService(systemNamespace, catalog.grafana.service, catalog.grafana.port, path);
}

function parsed({ status, body }: { status: number; body: string }, path: string): unknown {
  if (status !== 200) throw new Error(`Grafana's ${path} answered ${status}: ${beginning(body, 80)}`);
  return JSON.parse(body);
}
