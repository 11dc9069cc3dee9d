import { readFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { configTable, markers, withTable } from "../../../cli/docs/config-table";

const file = (name: string) => readFileSync(path.join(__dirname, "../../..", name), "utf8");

it("README has the table that Pulumi.yaml gives (`npm run docs` writes it)", () => {
  const readme = file("README.md");
  expect(readme).toBe(withTable(readme, configTable(file("Pulumi.yaml"))));
});

it("every key of the lab has a row and a description, and no other key has one", () => {
  const { config } = parse(file("Pulumi.yaml")) as { config: Record<string, { description?: string }> };
  const own = Object.keys(config).filter((key) => key.startsWith("istio-lab:")).map((key) => key.slice("istio-lab:".length));
  const rows = configTable(file("Pulumi.yaml")).split("\n").slice(2);
  expect(rows.map((row) => /^\| `(\w+)` \| /.exec(row)?.[1])).toEqual(own);
  for (const row of rows) expect(row).toMatch(/\| [^|]{20,} \|$/);
});

describe("a row", () => {
  const row = (yaml: string) => configTable(`config:\n  pulumi:x: {value: [1]}\n  istio-lab:key: ${yaml}\n`).split("\n")[2];
  it.each([
    ["{description: a b}", "| `key` | required | a b |"],
    ["{default: STRICT, description: a}", "| `key` | `STRICT` | a |"],
    ["{default: false, description: a}", "| `key` | `false` | a |"],
    ["{default: {}, description: a}", "| `key` |  | a |"],
    ["{default: [], description: a}", "| `key` | none | a |"],
    ["{default: [x, y], description: a}", "| `key` | `x` `y` | a |"],
    ['{default: 1, description: "serviceType, k3s.sha256 and --secret; see docs/azure.md or $KUBECONFIG, ~/.kube/config | x"}', "| `key` | `1` | `serviceType`, `k3s.sha256` and `--secret`; see [docs/azure.md](docs/azure.md) or `$KUBECONFIG`, `~/.kube/config` \\| x |"],
  ])("of %s is %s", (yaml, expected) => expect(row(yaml)).toBe(expected));
});

it("a page without markers is refused, and one with them keeps the rest", () => {
  expect(() => withTable("# A", "t")).toThrow("README.md has no lines");
  expect(withTable(`a\n${markers.begin}\nold\n${markers.end}\nb`, "new")).toBe(`a\n${markers.begin}\nnew\n${markers.end}\nb`);
});
