import type { AnswerCase, AnswerCheck } from "../../../components/lessons/checks/check";
import type { Answer } from "../../seat/seat";
import { answered } from "./curl";
import { beginning, type Probe } from "./probe";

export type AnswerSeen = Pick<Answer, "status" | "body" | "error">[];

export const answer: Probe<AnswerCheck, AnswerSeen> = {
  expected: ({ cases }) =>
    cases.map((one) => `${one.words}: ${one.status}${one.body ? ` ${bodyWords(one.body)}` : ""}`).join("; "),
  look: ({ cases }, { seat }) =>
    Promise.all(
      cases.map(({ path, host, headers }) => seat.http(path, { headers: { ...headers, ...(host && { host }) } })),
    ),
  evaluate({ cases }, seen) {
    const wrong = cases.map((one, index) => ({ one, got: seen[index]! })).filter(({ one, got }) => !isRight(one, got));
    if (wrong.length === 0)
      return { ok: true, seen: cases.map((one, index) => `${one.words}: ${shown(one, seen[index]!)}`).join("; ") };
    const statuses: Record<number, number> = {};
    for (const { got } of wrong) statuses[got.status] = (statuses[got.status] ?? 0) + 1;
    return {
      ok: false,
      seen: wrong
        .map(({ one, got }) => `${one.words}: ${answered(got)}${got.body ? ` ${beginning(got.body, 80)}` : ""}`)
        .join("; "),
      evidence: {
        statuses,
        bodies: wrong.map(({ got }) => beginning(got.body, 300)).filter(Boolean),
        errors: wrong.flatMap(({ got }) => (got.error ? [got.error] : [])),
      },
    };
  },
};

function isRight({ status, body }: AnswerCase, got: AnswerSeen[number]): boolean {
  if (got.status !== status) return false;
  if (!body) return true;
  if ("text" in body) return got.body.includes(body.text);
  try {
    return holds(JSON.parse(got.body), body.json);
  } catch {
    return false;
  }
}

/** Whether `value` has everything in `wanted`. Numbers may differ by rounding. */
export function holds(value: unknown, wanted: unknown): boolean {
  if (typeof wanted === "number")
    return typeof value === "number" && Math.abs(value - wanted) <= 1e-6 * Math.max(1, Math.abs(wanted));
  if (typeof wanted !== "object" || wanted === null) return value === wanted;
  if (typeof value !== "object" || value === null || Array.isArray(value) !== Array.isArray(wanted)) return false;
  return Object.entries(wanted).every(([key, part]) => holds((value as Record<string, unknown>)[key], part));
}

function bodyWords(body: NonNullable<AnswerCase["body"]>): string {
  return "text" in body ? `with "${body.text}"` : JSON.stringify(body.json);
}

function shown({ body }: AnswerCase, got: AnswerSeen[number]): string {
  if (!body) return String(got.status);
  if ("text" in body) return `"${body.text}"`;
  return got.body.length <= 60 ? beginning(got.body) : `${got.status} with ${JSON.stringify(body.json)}`;
}
