import { expect, it } from "vitest";
import { boardPage } from "../../../../cli/class/board/html";
import type { Board, BoardRow, Phase } from "../../../../cli/class/model";

const phases: Phase[] = ["waiting", "running", "retrying", "done", "failed", "interrupted", "skipped"];
const row = (number: number, over: Partial<BoardRow> = {}): BoardRow => ({
  seat: `seat-${number}`,
  trainee: `Trainee ${number}`,
  phase: "done",
  elapsed: 61_000,
  doing: "61 resources",
  ...over,
});
const board = (rows: readonly BoardRow[], over: Partial<Board> = {}): Board => ({
  class: "december",
  verb: "up",
  started: new Date("2026-12-01T08:00:00Z"),
  rows,
  ...over,
});
const now = new Date("2026-12-01T08:03:07Z");
const body = (page: string) => page.slice(page.indexOf("<body>"));

it("shows every seat in the roster's order, with its phase as a word and a sign", () => {
  const page = body(boardPage(board(phases.map((phase, index) => row(index, { phase }))), now));
  expect([...page.matchAll(/<b>(seat-\d)<\/b>/g)].map(([, seat]) => seat)).toEqual(
    phases.map((_, index) => `seat-${index}`),
  );
  for (const phase of phases) expect(page).toMatch(new RegExp(`<li class="${phase}"><svg [^]*?<span>${phase}</span>`));
});

it("counts the phases that there are, and says how long it has run", () => {
  const page = body(boardPage(board([row(1), row(2), row(3, { phase: "failed" }), row(4, { phase: "running" })]), now));
  expect(page).toMatch(/<b>2<\/b> of 4 done/);
  expect(page).toMatch(/<b>1<\/b> failed/);
  expect(page).not.toMatch(/<\/b> waiting/);
  expect(page).toContain("<b>3 min 07 s</b>");
});

it("shows the trouble of a seat that failed, and else what it does; and where its gateway is", () => {
  const page = body(
    boardPage(
      board([
        row(1, { phase: "failed", trouble: "no such image" }),
        row(2, { trouble: "an old one", gatewayUrl: "http://10.231.0.6:31380" }),
      ]),
      now,
    ),
  );
  expect(page).toMatch(/seat-1[^]*no such image[^]*seat-2/);
  expect(page).not.toContain("an old one");
  expect(page).toContain(">http://10.231.0.6:31380<");
});

it("loads itself again while the verb runs, and no more when it has ended", () => {
  expect(boardPage(board([row(1)]), now)).toContain('http-equiv="refresh"');
  const ended = boardPage(board([row(1)], { ended: now }), new Date("2026-12-01T09:00:00Z"));
  expect(ended).not.toContain('http-equiv="refresh"');
  expect(ended).toContain("after <b>3 min 07 s</b>");
});

it("takes names, troubles and addresses for text, whatever is in them", () => {
  const evil = `"><script>alert('&')</script>\u0000`;
  const page = boardPage(
    board(
      [
        row(1, { seat: evil, trainee: evil, phase: "failed", trouble: evil, gatewayUrl: evil }),
        row(2, { doing: evil }),
      ],
      { class: evil, verb: evil },
    ),
    now,
  );
  expect(page).not.toMatch(/<script|alert\('|\u0000/);
  expect(page.match(/&#60;script&#62;alert\(&#39;&#38;&#39;\)/g)).toHaveLength(11);
});

it("needs nothing of elsewhere, and may not", () => {
  const page = boardPage(board([row(1)]), now);
  expect(page).not.toMatch(/<link|<script|<img|@import|url\(|src=/);
  expect(page).toContain("default-src 'none'");
});

it.each([
  [6, 1, 6],
  [30, 2, 15],
  [31, 2, 16],
  [60, 3, 20],
])("lays %i seats in %i columns of %i", (seats, columns, rows) => {
  const page = boardPage(board(Array.from({ length: seats }, (_, index) => row(index))), now);
  expect(page).toContain(`grid-template-columns:repeat(${columns},`);
  expect(page).toContain(`grid-template-rows:repeat(${rows},`);
});
