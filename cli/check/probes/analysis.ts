import type { AnalysisCheck } from "../../../components/lessons/checks/check";
import { type Analysis, concernsCheck } from "../analysis";
import { beginning, type Probe } from "./probe";

/** `istioctl analyze` reads the config alone, which no proxy has to receive first. So a message counts at once. */
export const analysis: Probe<AnalysisCheck, Analysis> = {
  patient: true,
  expected: ({ namespaces }) => `no message of istioctl analyze about ${namespaces.join(" or ")}`,
  look: (_, { analyze }) => analyze(),
  evaluate(spec, seen) {
    if ("notAsked" in seen) return { ok: false, notApplicable: true, seen: `istioctl was not asked. ${seen.notAsked}` };
    const messages = seen.messages.filter((message) => concernsCheck(message, spec));
    const [first] = messages;
    if (first === undefined) return { ok: true, seen: "istioctl analyze has no message" };
    const more = messages.length - 1;
    return {
      ok: false,
      seen: `${first.code}${first.origin === undefined ? "" : ` ${first.origin}`}: ${beginning(first.message)}${more > 0 ? `, and ${more} more` : ""}`,
      evidence: { analysis: messages },
    };
  },
};
