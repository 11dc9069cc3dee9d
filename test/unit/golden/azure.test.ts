import * as path from "node:path";
import { expect, test } from "vitest";
import { required } from "../azure/config";
import { runProgram } from "../components/program";
import { graphText } from "./document";

/**
 * What the program registers on Azure for a seat of two nodes, to be read in a review; what comes into the cluster is as on every target.
 * Scripts and user data are shown whole: the mode of a file in them is as much a part of the seat as a rule of the security group.
 * After a change that is meant: `npx vitest run --project unit test/unit/golden -u`.
 */
test("the resource graph of the azure target", async () => {
  const azure = { ...required, nodes: 2, owner: "Ana", expiry: "2026-12-31" };
  const { resources } = await runProgram({ target: "azure", lessons: [], addons: [], azure });
  const cluster = resources.filter(({ name }) => /^seat(-|$)/.test(name));
  await expect(graphText(cluster)).toMatchFileSnapshot(path.join(__dirname, "azure.yaml"));
});
