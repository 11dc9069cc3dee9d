import type { AccessCheck } from "../../../components/lessons/checks/check";
import { answered, curl, type Curled } from "./curl";
import { beginning, type Probe } from "./probe";

export const access: Probe<AccessCheck, Curled[]> = {
  expected: ({ cases }) => cases.map(({ words, status }) => `${words}: ${status}`).join("; "),
  look: ({ cases }, context) =>
    Promise.all(
      cases.map(async ({ from, url, method, headers }) =>
        curl(context.seat, await context.caller(from), url, { method, ...(headers && { headers }) }),
      ),
    ),
  evaluate({ cases }, seen) {
    const wrong = cases
      .map((one, index) => ({ one, got: seen[index]! }))
      .filter(({ one, got }) => got.status !== one.status);
    const words = cases
      .map((one, index) => ({ one, got: seen[index]! }))
      .map(({ one, got }) => `${one.words}: ${answered(got)}${said(got)}`);
    if (wrong.length === 0) return { ok: true, seen: words.join("; ") };
    const statuses: Record<number, number> = {};
    for (const { got } of wrong) statuses[got.status] = (statuses[got.status] ?? 0) + 1;
    return {
      ok: false,
      seen: words.join("; "),
      evidence: {
        statuses,
        bodies: wrong.map(({ got }) => beginning(got.body, 300)).filter(Boolean),
        errors: wrong.flatMap(({ got }) => (got.error ? [got.error] : [])),
      },
    };
  },
};

/** The proxy's message of a refusal. */
function said({ status, body }: Curled): string {
  return status >= 400 && body ? ` (${beginning(body, 60)})` : "";
}
