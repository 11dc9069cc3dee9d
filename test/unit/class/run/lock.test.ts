import { describe, expect, it } from "vitest";
import { withClassLock } from "../../../../cli/class/run/prepare";
import { aClass } from "./a-class";
import { needs, withoutLinux } from "../../../support/needs";

describe("two commands that change a class", needs(withoutLinux), () => {
  it("refuse the second by name, and let it in once the first has ended, however it ended", async () => {
    const of = aClass(1);
    let leave = () => {};
    let first: Promise<void> | undefined;
    await new Promise<void>((begun) => {
      first = withClassLock(
        of,
        () =>
          new Promise<void>((_, reject) => {
            leave = () => reject(new Error("killed"));
            begun();
          }),
      );
    });
    await expect(withClassLock(of, async () => "second")).rejects.toThrow(
      new RegExp(`Class istio-101 is being changed by process ${process.pid} .*Nothing has been done`),
    );
    leave();
    await expect(first).rejects.toThrow("killed");
    expect(await withClassLock(of, async () => "third")).toBe("third");
  });

  it("are of one class by its id, wherever its roster lies; and of another one by another id in the same folder", async () => {
    const of = aClass(1);
    await withClassLock(of, async () => {
      await expect(withClassLock({ ...aClass(1), id: of.id }, async () => "copy")).rejects.toThrow(
        "is being changed by",
      );
      expect(await withClassLock({ ...aClass(1), folder: of.folder }, async () => "other")).toBe("other");
    });
  });

  it("are no matter of another class", async () => {
    const [one, other] = [aClass(1), aClass(1)];
    expect(await withClassLock(one, () => withClassLock(other, async () => "both"))).toBe("both");
  });
});
