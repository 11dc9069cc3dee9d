import * as path from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import type { Registered } from "../components/graph";
import { config, runProgram } from "../components/program";

/**
 * Everything the program registers for the embedded target, to be read in a review.
 * After a change that is meant: `npx vitest run --project unit test/unit/golden -u`.
 */
const seat = { canary: { reviews: { v1: 50, v3: 50 }, "my-blog": { v1: 90, v2: 10 } }, istio: { chartRepository: ".lab/charts" } };

test.each([
  ["embedded.yaml", {}],
  ["embedded-gateway-api.yaml", { gatewayApi: true }],
])("the resource graph of the embedded target: %s", async (file, changes) => {
  const { resources } = await runProgram(config({ ...seat, ...changes }));
  await expect(resources.map(document).sort().join("\n")).toMatchFileSnapshot(path.join(__dirname, file));
});

function document({ name, type, inputs, custom, protect, retainOnDelete, secretOutputs, ignoreChanges, dependsOn, ...options }: Registered): string {
  const { __provider, ...shown } = inputs;
  const lists = Object.entries({ dependsOn, secretOutputs, ignoreChanges }).filter(([, list]) => list.length > 0);
  const flags = Object.entries({ protect, retainOnDelete }).filter(([, on]) => on);
  const body = { type, ...options, ...Object.fromEntries([...lists, ...flags]), ...(Object.keys(shown).length > 0 && { inputs: shown }) };
  return stringify({ [name]: body }, { sortMapEntries: false, lineWidth: 0 });
}
