import type { PeerCheck } from "../../../components/lessons/checks/check";
import { answered, curl, type Curled } from "./curl";
import { beginning, type Probe } from "./probe";

export const peer: Probe<PeerCheck, Curled> = {
  expected: ({ spiffe }) => `X-Forwarded-Client-Cert with URI=${spiffe}`,
  look: async ({ from, url }, context) => curl(context.seat, await context.caller(from), url),
  evaluate({ spiffe }, seen) {
    const evidence = {
      statuses: { [seen.status]: 1 },
      bodies: [beginning(seen.body, 300)],
      ...(seen.error && { errors: [seen.error] }),
    };
    if (seen.status !== 200)
      return {
        ok: false,
        seen: `answered ${answered(seen)}${seen.body ? `: ${beginning(seen.body, 60)}` : ""}`,
        evidence,
      };
    const header = headerOf(seen.body, "x-forwarded-client-cert");
    if (header === undefined)
      return { ok: false, seen: "no X-Forwarded-Client-Cert: the call arrived as plaintext", evidence };
    // One element per hop, separated by commas. The last is the hop that the service's own proxy saw.
    const uri = /(?:^|;)URI=([^;,]*)/.exec(header.split(",").at(-1)!)?.[1];
    if (uri === spiffe) return { ok: true, seen: `URI=${uri}` };
    return {
      ok: false,
      seen: uri ? `URI=${uri}` : `X-Forwarded-Client-Cert without a URI: ${beginning(header, 60)}`,
      evidence,
    };
  },
};

/** A request header from httpbin's JSON: `{"headers": {"Name": ["value"]}}`, or the value alone. */
function headerOf(body: string, name: string): string | undefined {
  try {
    const { headers } = JSON.parse(body) as { headers: Record<string, string | string[]> };
    const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
    return Array.isArray(found) ? found.join(",") : found;
  } catch {
    return undefined;
  }
}
