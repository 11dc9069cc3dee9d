import * as fs from "node:fs";
import * as path from "node:path";
import { expect, it, vi } from "vitest";
import { readRoster } from "../../../cli/class/roster/read";
import { project, put } from "../class/roster/project";

// The seats begin with the stack files as they are shipped, not with the user's.
vi.mock("../../../base/paths", async () => (await import("../class/roster/project.js")).project);

it.each(["README.md", "docs/class.md"])("%s has rosters that are valid as they stand", (page) => {
  const text = fs.readFileSync(path.join(__dirname, "../../..", page), "utf8");
  const rosters = [...text.matchAll(/<!-- roster: ([\w.]+) -->\n```\w+\n([^]*?)```/g)];
  expect(rosters.length).toBeGreaterThan(0);
  for (const [, name, content] of rosters) {
    const roster = readRoster(put(project.projectRoot, name!, content!));
    expect(roster.name).toBe("december");
    expect(roster.seats.length).toBeGreaterThan(1);
    expect(roster.seats[0]).toMatchObject({
      seat: "seat-01",
      trainee: "Ada Lovelace",
      expires: new Date("2026-12-04T23:59:59Z"),
    });
  }
});
