import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { json, junit, table, totals, wrap } from "../../../cli/check/report";
import { isProved } from "../../../cli/check/result";
import { anyCharacter } from "../../support/texts";
import { report, result } from "./reports";
import { parseXml } from "./xml";

describe("the table", () => {
  const lines = (width: number, colours = false) => table(report, { width, colours }).split("\n");

  it("names what else is wrong after the failures: what may be a cause as well, and what is none", () => {
    const besides = [
      { cause: "Another cause.", look: "LOOK", fix: "MEND", mayExplain: ["blog-host"] },
      { cause: "No cause.", look: "LOOK 2", fix: "MEND 2", mayExplain: [] },
    ];
    const text = table({ ...report, besides }, { width: 120, colours: false });
    expect(text).toContain(
      "\nalso found, and may be a cause as well: blog-host\n  cause   Another cause.\n  look    LOOK\n  fix     MEND\n\nalso found, and explains no failed check\n  cause   No cause.\n",
    );
    expect(table(report, { width: 120, colours: false })).not.toContain("also found");
  });

  it("has a row a check, the lesson named once, the columns aligned", () => {
    const [head, ...rows] = lines(120);
    const column = head!.indexOf("seen");
    expect(head).toMatch(/^lesson +check +seen +result$/);
    expect(rows[0]).toMatch(/^backend +backend-pods +3 of 3 pods ready \[stand-in\] +passed$/);
    expect(rows[1]).toMatch(/^blog +blog-host +answered 503 .* failed$/);
    expect(rows[2]).toMatch(/^ {8,} *blog-split +the config injects a fault +not applicable$/);
    for (const row of rows.slice(0, 4)) expect(row.slice(column - 2, column + 1)).toMatch(/^ {2}\S$/);
  });

  it("wraps what was seen to the terminal", () => {
    const long = { ...report, results: [result({ seen: "word ".repeat(60) })] };
    for (const width of [80, 100, 200]) {
      const rows = table(long, { width, colours: false }).split("\n");
      expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(width);
      expect(rows.join(" ").match(/word/g)).toHaveLength(60);
    }
  });

  it("tells of each failure what was wanted, the cause, where to look and what puts it right", () => {
    const text = table(report, { width: 120, colours: false });
    expect(text).toMatch(
      /blog-host: the blog answers for its host, and for no other\n {2}wanted +codewithmsmaxpro.me: 200\n {2}cause +VirtualService .*\n {2}look +kubectl get vs\n {2}fix +npm run up\n/,
    );
  });

  it("tells a cause that several failures share once", () => {
    const hint = { cause: "Pod blog/api is not ready.", look: "kubectl describe", fix: "npm run up" };
    const failed = ["blog-pods", "blog-split"].map((check) => result({ check, status: "failed", hint }));
    const text = table({ ...report, results: failed }, { width: 120, colours: false });
    expect(text.match(/Pod blog\/api is not ready/g)).toHaveLength(1);
    expect(text).toMatch(/\nblog-pods: .*\n {2}wanted .*\nblog-split: .*\n {2}wanted .*\n {2}cause /);
  });

  it("explains what a stand-in is only where there is one, and closes with the totals", () => {
    expect(lines(120).filter((line) => line.startsWith("[stand-in]:"))).toHaveLength(1);
    expect(table({ ...report, results: [result()] }, { width: 120, colours: false })).not.toContain("stand-in");
    expect(lines(120).at(-2)).toBe("1 passed, 1 failed, 1 placeholder, 1 not applicable on stack embedded in 9.4 s");
    expect(totals([result()])).toBe("1 passed, 0 failed");
    // A run without a check proves nothing.
    for (const results of [[], [result({ status: "not applicable" })], [result({ status: "placeholder" })]]) {
      expect(isProved(results)).toBe(false);
      expect(table({ ...report, results }, { width: 120, colours: false })).toContain(
        "Nothing was checked: no check passed or failed.",
      );
    }
    expect([
      isProved([result(), result({ status: "placeholder" })]),
      isProved([result(), result({ status: "failed" })]),
    ]).toEqual([true, false]);
  });

  it("explains placeholders in one line, only where there is one", () => {
    expect(lines(200).filter((line) => line.startsWith("placeholder:"))).toHaveLength(1);
    expect(table({ ...report, results: [result()] }, { width: 120, colours: false })).not.toContain("placeholder");
  });

  it("is coloured only when asked for", () => {
    expect(table(report, { width: 120, colours: false })).not.toMatch(/\u001b/);
    expect(table(report, { width: 120, colours: true })).toContain("\u001b[31mfailed\u001b[0m");
  });

  it("wraps without losing a letter", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 5, max: 60 }), (text, width) => {
        const lines = wrap(text, width);
        expect(lines.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe("the JUnit file", () => {
  it("reads back as suites and cases with their counts", () => {
    const root = parseXml(junit(report));
    expect(root).toMatchObject({
      name: "testsuites",
      attributes: { tests: "4", failures: "1", errors: "0", skipped: "2" },
    });
    expect(
      root.children.map(({ attributes }) => [
        attributes.name,
        attributes.tests,
        attributes.failures,
        attributes.skipped,
      ]),
    ).toEqual([
      ["backend", "1", "0", "0"],
      ["blog", "3", "1", "2"],
    ]);
    const [failed, skipped] = root.children[1]!.children;
    expect(failed!.attributes).toMatchObject({
      classname: "istio-lab.blog",
      name: "blog-host: the blog answers for its host, and for no other",
      time: "0.4",
    });
    const failure = failed!.children.find(({ name }) => name === "failure")!;
    expect(failure.attributes.message).toBe('answered 503 <no healthy upstream> & "reset"\uFFFD');
    expect(failure.text).toContain("cause: VirtualService blog/my-blog");
    expect(skipped!.children[0]).toMatchObject({
      name: "skipped",
      attributes: { message: "not applicable: the config injects a fault" },
    });
    expect(root.children[1]!.children[2]!.children[0]).toMatchObject({
      name: "skipped",
      attributes: { message: "placeholder: a placeholder answers" },
    });
  });

  it("is well-formed whatever was seen", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (seen) => {
        const root = parseXml(junit({ ...report, results: [result({ seen, status: "failed" })] }));
        const { message } = root.children[0]!.children[0]!.children[0]!.attributes;
        if (/^[\u0020-\uD7FF]*$/.test(seen)) expect(message).toBe(seen);
      }),
    );
  });
});

describe("the JSON", () => {
  const parsed = JSON.parse(json(report)) as { totals: unknown; stack: string; results: Record<string, unknown>[] };

  it("has the totals and a row a check, failures with what was observed", () => {
    expect(parsed).toMatchObject({
      stack: "embedded",
      seconds: 9.42,
      totals: { passed: 1, failed: 1, placeholder: 1, notApplicable: 1 },
    });
    expect(parsed.results[0]).toMatchObject({
      check: "backend-pods",
      status: "passed",
      standIn: "http-echo: programs of this lab",
    });
    expect(parsed.results[1]).toMatchObject({
      check: "blog-host",
      evidence: { statuses: { 503: 3 } },
      about: { namespace: "blog" },
      hint: { fix: "npm run up" },
    });
    expect(parsed.results[1]).not.toHaveProperty("failure");
  });
});
