import { execa } from "execa";
import { expect, it } from "vitest";
import { targetNames } from "../../../components/cluster/targets";
import { projectRoot } from "../../../base/paths";

/** In a process of its own: the table loads what belongs to a target by `require`, which reads no TypeScript in Vitest. */
const ASKED = `
  const { commandsFor } = require("./cli/targets");
  const { targetNames } = require("./components/cluster/targets");
  const own = { azure: "azureProof", minikube: "minikubeProof", existing: "existingProof", embedded: "embeddedProof" };
  const textOf = ({ facts, queries }) => String(facts) + String(queries);
  process.stdout.write(JSON.stringify(targetNames.map((name) => {
    const made = require("./cli/targets/" + name + "/proof")[own[name]];
    return [name, textOf(commandsFor(name).proof()) === textOf(typeof made === "function" ? made() : made)];
  })));
`;

it("proves that a seat is gone by the questions of its own target", async () => {
  const { stdout } = await execa(process.execPath, ["--require", "tsx/cjs", "--eval", ASKED], { cwd: projectRoot });
  expect(JSON.parse(stdout)).toEqual(targetNames.map((name) => [name, true]));
});
