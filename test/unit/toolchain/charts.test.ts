import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { clearCharts, releasedChart } from "../../../embedded/toolchain/charts";
import { istio } from "../../../versions";

const inTree = new Map([
  ["Chart.yaml", "apiVersion: v2\nname: istiod\nversion: 1.0.0\nappVersion: 1.0.0\n"],
  [
    "values.yaml",
    '_internal_defaults_do_not_set:\n  hub: ""\n  tag: ""\n  global:\n    hub: registry.test/testing\n    tag: latest\n',
  ],
  ["templates/a.yaml", "tag: latest\n"],
]);

describe("a released chart", () => {
  const released = releasedChart(inTree);

  it("has the release's version with a hash of its content, which is valid semver build metadata", () => {
    expect(released.get("Chart.yaml")).toMatch(
      new RegExp(`^version: ${istio.version.replaceAll(".", "\\.")}\\+[0-9a-f]{8}$`, "m"),
    );
    expect(released.get("Chart.yaml")).toContain(`appVersion: ${istio.version}\n`);
  });

  it("takes the released images, and leaves empty overrides and templates alone", () => {
    expect(released.get("values.yaml")).toBe(
      `_internal_defaults_do_not_set:\n  hub: ""\n  tag: ""\n  global:\n    hub: docker.io/istio\n    tag: ${istio.version}\n`,
    );
    expect(released.get("templates/a.yaml")).toBe("tag: latest\n");
  });

  it("is the same each time, and another version when a template changes", () => {
    expect(releasedChart(new Map([...inTree].reverse())).get("Chart.yaml")).toBe(released.get("Chart.yaml"));
    const changed = releasedChart(new Map([...inTree, ["templates/a.yaml", "tag: other\n"]] as [string, string][]));
    expect(changed.get("Chart.yaml")).not.toBe(released.get("Chart.yaml"));
  });
});

it("charts of an older recipe go by the note among them; a folder without one is somebody's and stays", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-charts-"));
  fs.writeFileSync(path.join(folder, "of-the-user"), "");
  expect(() => clearCharts(folder)).toThrow(`${folder} exists, and this program did not make it`);
  expect(fs.readdirSync(folder)).toEqual(["of-the-user"]);
  fs.writeFileSync(path.join(folder, ".made-from"), "");
  clearCharts(folder);
  expect(fs.existsSync(folder)).toBe(false);
});
