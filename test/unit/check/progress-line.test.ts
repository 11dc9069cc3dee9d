import { describe, expect, it } from "vitest";
import { ProgressLine } from "../../../cli/check/progress-line";
import { paper } from "../class/run/a-class";

const check = (name: string) => ({ name }) as never;
const result = (status: string) => ({ status }) as never;
/** Each redrawing of the line clears it first. */
const drawn = (text: string) => text.split("\r\u001b[K").slice(1);

describe("the progress of a check", () => {
  it("is on a terminal one line that is redrawn: how many are done, how many failed, and which are open", () => {
    const out = paper({ columns: 60, rows: 20 });
    const progress = new ProgressLine(out);
    progress.begin(3);
    progress.seen(check("a"));
    progress.seen(check("b"));
    progress.seen(check("a"), result("passed"));
    progress.seen(check("b"), result("failed"));
    progress.end();
    expect(drawn(out.written)).toEqual([
      "0 of 3 checks · ",
      "0 of 3 checks · a",
      "0 of 3 checks · a, b",
      "1 of 3 checks · b",
      "2 of 3 checks, 1 failed · ",
      "",
    ]);
  });

  it("never wraps, which would leave what cannot be cleared", () => {
    const out = paper({ columns: 24, rows: 20 });
    const progress = new ProgressLine(out);
    progress.begin(100);
    progress.seen(check("bookinfo-split-of-reviews"));
    expect(drawn(out.written).at(-1)).toBe("0 of 100 checks · booki");
  });

  it("makes room for a line that is said, and none is drawn before it begins and after its end", () => {
    const out = paper({ columns: 60, rows: 20 });
    const progress = new ProgressLine(out);
    progress.say("before");
    progress.begin(1);
    progress.say("meanwhile");
    progress.end();
    progress.seen(check("a"));
    expect(drawn(out.written)).toEqual(["before\n", "0 of 1 check · ", "meanwhile\n", "0 of 1 check · ", ""]);
  });

  it("elsewhere is one line at its beginning", () => {
    const out = paper();
    const progress = new ProgressLine(out);
    progress.begin(3);
    progress.seen(check("a"));
    progress.seen(check("a"), result("passed"));
    progress.end();
    expect(out.written).toBe("3 checks …\n");
    progress.begin(1);
    expect(out.written).toBe("3 checks …\n1 check …\n");
  });
});
