import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { expect, it, onTestFinished } from "vitest";
import { targetNames } from "../../../components/cluster/targets";
import { compiled } from "../../support/compiled";

/** In a process of its own: the table loads what belongs to a target by `require`, which reads no TypeScript in Vitest. */
const ASKED = `
  const { commandsFor } = require("./cli/targets");
  const own = [${targetNames.map((name) => `["${name}", require("./cli/targets/${name}/proof").${name}Proof]`).join()}];
  const textOf = ({ facts, queries }) => String(facts) + String(queries);
  process.stdout.write(JSON.stringify(own.map(([name, made]) =>
    [name, textOf(commandsFor(name).proof()) === textOf(typeof made === "function" ? made() : made)])));
`;

it("proves that a seat is gone by the questions of its own target", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-targets-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  const { stdout } = await execa(process.execPath, [await compiled(folder, ASKED)]);
  expect(JSON.parse(stdout)).toEqual(targetNames.map((name) => [name, true]));
});
