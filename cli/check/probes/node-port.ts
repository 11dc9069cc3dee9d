import type { NodePortCheck } from "../../../components/lessons/checks/check";
import { PLACEHOLDER_HEADER } from "../placeholders";
import type { Answer } from "../../seat/seat";
import { answered } from "./curl";
import { beginning, type Probe } from "./probe";

export interface NodePortSeen extends Pick<Answer, "status" | "body" | "error"> {
  url: string;
  /** Set where a placeholder of this lab answered, as on a seat that an older version created. */
  placeholder?: boolean;
}

export const nodePort: Probe<NodePortCheck, NodePortSeen> = {
  expected: ({ body, status }) => `${status} with ${body} at KIALI_URL, from outside the cluster`,
  async look(_, { seat, kialiUrl }) {
    if (kialiUrl === undefined) throw new Error("the stack has no output KIALI_URL: the last up installed no Kiali");
    const answer = await seat.url(kialiUrl);
    return { url: kialiUrl, ...answer, placeholder: answer.headers[PLACEHOLDER_HEADER] !== undefined };
  },
  evaluate({ status, body }, seen) {
    const placeholder = seen.placeholder
      ? { placeholder: "a placeholder of an older version of this lab; a new seat has Kiali itself" }
      : {};
    // Go appends `\n\n`, which does not matter.
    if (seen.status === status && seen.body.trimEnd() === body)
      return { ok: true, seen: `${seen.url}: ${status} ${body}`, ...placeholder };
    const got = `${answered(seen)}${seen.body ? ` ${beginning(seen.body, 80)}` : ""}`;
    return {
      ok: false,
      seen: `${seen.url}: ${got}`,
      evidence: { statuses: { [seen.status]: 1 }, ...(seen.error && { errors: [seen.error] }) },
    };
  },
};
