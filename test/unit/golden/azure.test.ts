import * as path from "node:path";
import { expect, test } from "vitest";
import { required } from "../azure/config";
import { runProgram } from "../components/program";
import { document } from "./document";

/**
 * What the program registers on Azure for a seat of two nodes, to be read in a review; what comes into the cluster is as on every target.
 * Scripts and user data, which are files of their own, are told by their length.
 * After a change that is meant: `npx vitest run --project unit test/unit/golden -u`.
 */
test("the resource graph of the azure target", async () => {
  const azure = { ...required, nodes: 2, owner: "Ana", expiry: "2026-12-31" };
  const { resources } = await runProgram({ target: "azure", lessons: [], addons: [], azure });
  const cluster = resources.filter(({ name }) => /^seat(-|$)/.test(name)).map((resource) => ({ ...resource, inputs: shortened(resource.inputs) }));
  await expect(cluster.map(document).sort().join("\n")).toMatchFileSnapshot(path.join(__dirname, "azure.yaml"));
}, 120_000);

function shortened(value: any): any {
  if (typeof value === "string" && value.length > 1_000) return `${value.slice(0, 20).split("\n")[0]}… ${value.length} characters`;
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner)]));
}
