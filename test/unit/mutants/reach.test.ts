import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { testsThatLoad } from "../../../cli/mutants/reach";

let root: string;
beforeEach(() => void (root = fs.mkdtempSync(path.join(os.tmpdir(), "reach-"))));
afterEach(() => fs.rmSync(root, { recursive: true }));

function write(files: Record<string, string>): void {
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
  }
}

it("names the tests that load a file: directly, through another module, lazily, or by the program", async () => {
  write({
    "index.ts": `import "./components/route";`,
    "components/route.ts": `export const route = () => require("./weights") as { of: number };`,
    "components/weights.ts": "export const of = 1;",
    "cli/check.ts": `export { of } from "../components/weights";`,
    "cli/topology.ts": "export const drawn = true;",
    "test/unit/components/program.ts": "export const run = (n: number) => import(`../../../index.ts?run=${n}`);",
    "test/unit/components/program.test.ts": `import "./program";`,
    "test/unit/direct.test.ts": `import "../../components/weights";`,
    "test/unit/lazy.test.ts": `import "../../components/route";`,
    "test/unit/through.test.ts": `import "../../cli/check"; import "vitest"; import "../../vitest.config.mts";`,
    "test/unit/topology.test.ts": `import "../../cli/topology";`,
  });
  expect((await testsThatLoad(root, ["components/weights.ts"])).sort()).toEqual(
    ["components/program", "direct", "lazy", "through"].map((name) => `test/unit/${name}.test.ts`),
  );
  expect(await testsThatLoad(root, ["cli/topology.ts", "cli/other.ts"])).toEqual(["test/unit/topology.test.ts"]);
});
