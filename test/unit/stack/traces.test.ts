import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeTraces, tracesOf } from "../../../cli/stack/state";

let state: string;
beforeEach(() => void (state = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-traces-"))));
afterEach(() => fs.rmSync(state, { recursive: true }));

/** What Pulumi's local backend keeps of a stack: its checkpoint and the one before, plain or packed, its tags, and three folders. */
const of = (stack: string, project = "istio-lab") => [
  ...["json", "json.bak", "pulumi-tags", "json.gz", "json.gz.bak"].map((end) => `stacks/${project}/${stack}.${end}`),
  `history/${project}/${stack}/1.json`,
  `backups/${project}/${stack}/1.json`,
  `locks/organization/${project}/${stack}/1.json`,
];

function put(...files: string[]): void {
  for (const file of files.map((name) => path.join(state, ".pulumi", name))) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, "secret");
  }
}
const left = () =>
  (fs.readdirSync(path.join(state, ".pulumi"), { recursive: true, withFileTypes: true }) as fs.Dirent[])
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(path.join(state, ".pulumi"), path.join(entry.parentPath, entry.name)))
    .sort();

describe("what a local state keeps of a stack", () => {
  it("goes wholly, and nothing of a stack whose name begins or ends with it, or of another project's", () => {
    const others = [...of("x20"), ...of("ax2"), ...of("x2", "other")];
    put(...of("x2"), ...others);
    removeTraces(state, "x2");
    expect(left()).toEqual(others.sort());
    expect(tracesOf(state, "x2")).toEqual([]);
  });

  it.each(of("x2"))("is found by each part of it alone: %s", (part) => {
    put(part);
    expect(tracesOf(state, "x2").map((found) => path.relative(path.join(state, ".pulumi"), found))).toEqual([
      part.replace(/\/1\.json$/, ""),
    ]);
  });

  it("is found by the name with its organization", () => {
    put(...of("x2"));
    expect(tracesOf(state, "organization/istio-lab/x2")).toHaveLength(of("x2").length);
  });
});
