import { chooseContext } from "../../../components/cluster/existing/kubeconfig";
import type { PreflightSeat } from "../../class";
import type { Finding } from "../../preflight/finding";
import { evaluate } from "./preflight";

/**
 * Finds each seat's cluster and reports its problems for the seat. Istio and its CRDs are cluster-wide, so two seats
 * in one cluster would overwrite each other's.
 */
export async function existingFindings(seats: readonly PreflightSeat[]): Promise<Finding[]> {
  const { findings, distinct } = clusterFindings(seats);
  const asked = await Promise.all(
    distinct.map(async ({ seat, settings, own }) => ({ seat, found: await evaluate(settings, seat.seat, own) })),
  );
  return [
    ...findings,
    ...asked.flatMap(({ seat, found }): Finding[] => {
      const trouble = found
        .filter(({ status }) => status !== "ok")
        .map((finding) => ({ ...finding, name: `${seat.seat}: ${finding.name}` }));
      return trouble.length > 0
        ? trouble
        : [{ name: seat.seat, status: "ok", seen: found[0]?.seen ?? "nothing is in the way" }];
    }),
  ];
}

/** Returns the seats that have a cluster of their own, and findings about the others. */
export function clusterFindings<S extends Pick<PreflightSeat, "seat" | "settings" | "locked">>(
  seats: readonly S[],
): { findings: Finding[]; distinct: S[] } {
  const findings: Finding[] = [];
  const byServer = new Map<string, S>();
  for (const facts of seats) {
    const { seat, settings, locked } = facts;
    const name = `${seat.seat}: cluster`;
    if (locked.some((path) => path.startsWith("existing"))) {
      findings.push({ name, status: "notice", seen: "not checked: its kubeconfig is a secret of the stack" });
      continue;
    }
    try {
      const { server, context, source } = chooseContext(settings.existing);
      const other = byServer.get(server);
      if (other === undefined) byServer.set(server, facts);
      else {
        const todo = "give each seat a cluster of its own: existing.kubeconfig, existing.context";
        findings.push({
          name,
          status: "refused",
          seen: `context ${context} (${source}) leads to ${server}, which is the cluster of ${other.seat.seat} (${other.seat.at}) as well`,
          todo,
        });
      }
    } catch (error) {
      findings.push({ name: `${seat.seat}: kubeconfig`, status: "refused", seen: (error as Error).message });
    }
  }
  return { findings, distinct: [...byServer.values()] };
}
