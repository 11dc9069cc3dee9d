import * as path from "node:path";
import { expect, test } from "vitest";
import { config, runProgram } from "../components/program";
import { document } from "./document";

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
