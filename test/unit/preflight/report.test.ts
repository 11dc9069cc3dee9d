import { expect, test } from "vitest";
import { type Finding, heed, isRefused, lines } from "../../../cli/preflight/finding";

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

test("before up one that refuses ends it, with all that is not well", () => {
  for (const all of [findings, [...findings].reverse()])
    expect(() => heed("s", all, () => expect.fail("said"))).toThrow(
      /^Stack s cannot be made yet. Nothing has been changed:\n(?![\s\S]* ok )[\s\S]*kong[\s\S]*`npm run preflight -- --stack s` checks again\.$/,
    );
  expect(() => heed("s", findings, () => undefined)).toThrow(/room +unknown/);
});

test("before up what is to be known is said, and the cluster's name", () => {
  const said: string[] = [];
  heed(
    "s",
    [...findings.filter(({ status }) => status !== "refused"), { name: "cluster", status: "ok", seen: "context lab" }],
    (line) => void said.push(line.trim()),
  );
  expect(said).toEqual([
    expect.stringMatching(/^notice +room +unknown$/),
    expect.stringMatching(/^ok +cluster +context lab$/),
  ]);
});
