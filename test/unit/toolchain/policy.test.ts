import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NoServiceStarts } from "../../../embedded/toolchain/policy";

/** The machine's own policy, whatever happens meanwhile. */
describe("policy-rc.d", () => {
  let folder: string;
  let file: string;
  let policy: NoServiceStarts;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-policy-"));
    file = path.join(folder, "policy-rc.d");
    policy = new NoServiceStarts(file);
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));
  const files = () =>
    Object.fromEntries(fs.readdirSync(folder).map((name) => [name, fs.readFileSync(path.join(folder, name), "utf8")]));

  it("is put aside and put back, also by a run after one that was killed", () => {
    fs.writeFileSync(file, "theirs");
    policy.begin();
    expect(policy.isLeft()).toBe(true);
    policy.begin();
    policy.end();
    expect(files()).toEqual({ "policy-rc.d": "theirs" });
  });

  it("is none again where there was none", () => {
    policy.begin();
    policy.end();
    expect(files()).toEqual({});
  });

  it("that somebody has written while packages were installed stays, with the one before beside it", () => {
    fs.writeFileSync(file, "before");
    policy.begin();
    fs.writeFileSync(file, "since");
    policy.end();
    expect(files()).toEqual({ "policy-rc.d": "since", "policy-rc.d.before-istio-lab": "before" });
    expect(() => policy.begin()).toThrow(`${file}.before-istio-lab`);
    expect(files()).toEqual({ "policy-rc.d": "since", "policy-rc.d.before-istio-lab": "before" });
  });
});
