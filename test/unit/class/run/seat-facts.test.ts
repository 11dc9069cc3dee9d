import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepSecret } from "../../../../base/secret-mask";
import { factsHere, forgetFacts, noteBegun, readFacts, writeFacts } from "../../../../cli/class/run/seat-facts";

const HERE = "file:///backend";
let of: { folder: string; id: string };
const file = (seat = "solo") => path.join(of.folder, "facts", `${seat}.json`);
beforeEach(
  () => void (of = { folder: fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-facts-"))), id: "mine" }),
);
afterEach(() => fs.rmSync(of.folder, { recursive: true }));

describe("what a class notes of a seat", () => {
  it("has every target that the seat was begun on: while it moves there are two", () => {
    noteBegun(of, "solo", HERE, "azure");
    noteBegun(of, "solo", HERE, "embedded");
    noteBegun(of, "solo", HERE, "embedded");
    expect(readFacts(of, "solo")).toEqual({ noted: { class: "mine", backend: HERE, targets: ["azure", "embedded"] } });
  });

  it("keeps what is to be asked for when the seat is begun again, in this backend alone", () => {
    writeFacts(of, "solo", { noted: { class: "mine", backend: HERE, targets: ["azure"] }, groups: ["g"] });
    noteBegun(of, "solo", HERE, "azure");
    expect(readFacts(of, "solo").groups).toEqual(["g"]);
    noteBegun(of, "solo", "s3://x", "azure");
    expect(readFacts(of, "solo")).toEqual({ noted: { class: "mine", backend: "s3://x", targets: ["azure"] } });
  });

  it("says nothing of a seat in another backend, or of another class; a note without an owner counts", () => {
    for (const [noted, isKnown] of [
      [{ class: "mine", backend: HERE }, true],
      [{ class: "other", backend: HERE }, false],
      [{ class: "mine", backend: "s3://x" }, false],
    ] as const) {
      writeFacts(of, "solo", { noted: { ...noted, targets: [] }, groups: ["g"] });
      expect(factsHere(of, "solo", HERE).groups, JSON.stringify(noted)).toEqual(isKnown ? ["g"] : undefined);
    }
    writeFacts(of, "solo", { groups: ["g"] });
    expect(factsHere(of, "solo", HERE).groups).toEqual(["g"]);
  });

  it("is for this user alone, and has no secret in it", () => {
    keepSecret("a-secret-that-nobody-may-read");
    writeFacts(of, "solo", { said: "a-secret-that-nobody-may-read" });
    expect([file(), path.dirname(file())].map((one) => fs.statSync(one).mode & 0o777)).toEqual([0o600, 0o700]);
    expect(fs.readFileSync(file(), "utf8")).not.toContain("a-secret-that-nobody-may-read");
  });

  it.each(["", "{", "not json"])("is unknown, and not nothing, where its file is broken: %j", (text) => {
    writeFacts(of, "solo", {});
    fs.writeFileSync(file(), text);
    expect(() => readFacts(of, "solo")).toThrow(`${file()} cannot be read: `);
    expect(() => readFacts(of, "solo")).toThrow("Nothing of the seat has been changed.");
  });

  it("is forgotten for that seat alone", () => {
    for (const seat of ["solo", "solo-2"]) writeFacts(of, seat, {});
    forgetFacts(of, "solo");
    expect([readFacts(of, "solo"), fs.existsSync(file("solo-2"))]).toEqual([{}, true]);
  });
});
