import { expect, test } from "vitest";
import type { Finding } from "../../../cli/preflight/finding";
import { isRefused, lines } from "../../../cli/preflight/report";

const findings: Finding[] = [
  { name: "rights", status: "ok", seen: "all" },
  { name: "NodePort 31380", status: "refused", seen: "kong/kong-proxy holds it", todo: "release it" },
  { name: "room", status: "notice", seen: "unknown" },
];

test("one line for each, in columns, and below it what to do", () => {
  expect(lines(findings)).toEqual([
    "  ok       rights          all",
    "  refused  NodePort 31380  kong/kong-proxy holds it",
    "                           → release it",
    "  notice   room            unknown",
  ]);
});

test("one that refuses is enough, and a notice is not", () => {
  expect(isRefused(findings)).toBe(true);
  expect(isRefused(findings.filter(({ status }) => status !== "refused"))).toBe(false);
  expect(lines([])).toEqual([]);
});
