import { describe, expect, it } from "vitest";
import { inOrder, type Waiting } from "../../support/order/order.mts";

const file = (name: string, seconds?: number): Waiting => ({ file: name, seconds, shares: false });
const sharing = (name: string, seconds?: number): Waiting => ({ ...file(name, seconds), shares: true });

describe("the order of test files", () => {
  it("is longest first; a new one counts as a minute, equal ones go by their names", () => {
    expect(
      inOrder([file("c", 10), file("new"), file("b", 300), file("a", 10), file("d", 59), file("e", 61)], 2),
    ).toEqual(["b", "e", "new", "d", "a", "c"]);
  });

  it("begins no file that shares the seat while another one has it, and has the chain of them begin at once", () => {
    // lab 0–200 in the first lane; long 0–100, mid 100–180, short 180–210 in the second; then addons 200–350, and the rest beside it.
    expect(
      inOrder(
        [
          file("short", 30),
          sharing("addons", 150),
          file("long", 100),
          sharing("lab", 200),
          file("mid", 80),
          file("tiny", 5),
        ],
        2,
      ),
    ).toEqual(["lab", "long", "mid", "short", "addons", "tiny"]);
  });

  it("lets a file wait for the seat where nothing else is left", () => {
    expect(inOrder([sharing("one", 10), sharing("other", 20)], 2)).toEqual(["other", "one"]);
  });

  it("has every file once, whatever is known of them", () => {
    const files = [file("a"), sharing("b"), sharing("c", 1), file("d", 0), file("e", 1000)];
    expect(inOrder(files, 2).sort()).toEqual(["a", "b", "c", "d", "e"]);
    expect(inOrder([], 2)).toEqual([]);
  });
});
