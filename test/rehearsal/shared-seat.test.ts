import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../base/paths";

interface Report {
  testResults: {
    name: string;
    message: string;
    assertionResults: { title: string; status: string; failureMessages: string[] }[];
  }[];
}

/** A run of three files of shared-seat/, by vitest itself: the first one leaves an object in the seat that they share. */
describe("a run in which a test spoils the shared seat", () => {
  let folder: string;
  let seen: string[];
  let report: Report;
  const ofFile = (name: string) => report.testResults.find((file) => path.basename(file.name) === name)!;
  const outcomes = (name: string) => ofFile(name).assertionResults.map(({ title, status }) => [title, status]);

  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-spoiled-"));
    const [file, seats] = [path.join(folder, "report.json"), path.join(folder, "seats")];
    const args = [
      "run",
      "--config",
      "test/rehearsal/shared-seat/vitest.config.mts",
      "--reporter=json",
      `--outputFile=${file}`,
    ];
    const { exitCode, all } = await execa("node_modules/.bin/vitest", args, {
      cwd: projectRoot,
      env: { SEEN_SEATS: seats },
      reject: false,
      all: true,
      stdin: "ignore",
    });
    expect(exitCode, all).toBe(1);
    report = JSON.parse(fs.readFileSync(file, "utf8")) as Report;
    seen = fs.readFileSync(seats, "utf8").trim().split("\n");
  }, 900_000);
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("names the test that spoiled it, and what it left; those beside it are not blamed", () => {
    expect(outcomes("1-leaves-an-object.spec.ts")).toEqual([
      ["notes which seat it has", "passed"],
      ["leaves an object", "failed"],
      ["only looks", "passed"],
    ]);
    const [said] = ofFile("1-leaves-an-object.spec.ts").assertionResults[1]!.failureMessages;
    expect(said).toContain(
      '"leaves an object" left the shared seat other than it was. The next file gets a new one.\nConfigMap blog/notes was added',
    );
  });

  it("gives the next file a new one", () => {
    expect(outcomes("2-has-a-new-one.spec.ts")).toEqual([["finds nothing of what was left", "passed"]]);
    expect(new Set(seen).size).toBe(2);
  });

  it("has removed it when the last file that asks for it has ended, and leaves nothing", () => {
    expect(outcomes("3-works-without.spec.ts")).toEqual([["no seat idles beside a file that asks for none", "passed"]]);
    expect(seen.filter((root) => fs.existsSync(path.dirname(root)))).toEqual([]);
  });
});
