import type { PlaintextCheck } from "../../../components/lessons/checks/check";
import { answered, curl, type Curled } from "./curl";
import { listed, type Probe } from "./probe";

export interface PlaintextSeen extends Curled {
  url: string;
}

const RESET = "Connection reset by peer";

export const plaintext: Probe<PlaintextCheck, PlaintextSeen[]> = {
  expected: ({ mtls, urls }) =>
    mtls === "STRICT"
      ? `"${RESET}" for plaintext to ${listed(urls.map(host))}`
      : `an answer to plaintext to ${listed(urls.map(host))}, because mtls is PERMISSIVE`,
  async look({ urls }, context) {
    const outsider = await context.caller("outsider");
    return Promise.all(urls.map(async (url) => ({ url, ...(await curl(context.seat, outsider, url)) })));
  },
  evaluate({ mtls }, seen) {
    const wrong = seen.filter(({ status, error }) => (mtls === "STRICT" ? !error?.includes(RESET) : status === 0));
    if (wrong.length > 0) {
      return {
        ok: false,
        seen: wrong
          .map((one) => `${host(one.url)}: ${one.status > 0 ? `plaintext was answered ${one.status}` : answered(one)}`)
          .join("; "),
        evidence: { statuses: tally(wrong), errors: wrong.flatMap(({ error }) => (error ? [error] : [])) },
      };
    }
    if (mtls === "STRICT") return { ok: true, seen: `"${RESET}" from ${listed(seen.map(({ url }) => host(url)))}` };
    return {
      ok: true,
      seen: `accepted, because mtls is PERMISSIVE: ${seen.map(({ url, status }) => `${host(url)} answered ${status}`).join(", ")}`,
    };
  },
};

function host(url: string): string {
  return new URL(url).hostname;
}

function tally(seen: Curled[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of seen) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
