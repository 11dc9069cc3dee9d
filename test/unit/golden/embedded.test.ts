import * as path from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Registered } from "../components/graph";
import { config, runProgram } from "../components/program";
import { differenceText, graphText } from "./document";

const seat = {
  canary: { reviews: { v1: 50, v3: 50 }, "my-blog": { v1: 90, v2: 10 } },
  istio: {
    chartRepository: ".lab/charts",
    objects: "embedded/metrics/envoyfilter.yaml",
    metricRelabelConfigs: "embedded/metrics/prometheus.yaml",
  },
};

let full: Registered[];
beforeAll(async () => void ({ resources: full } = await runProgram(config(seat))));

/**
 * Everything the program registers for the embedded target, to be read in a review.
 * After a change that is meant: `npx vitest run --project unit test/unit/golden -u`.
 */
test("the resource graph of the embedded target", async () => {
  await expect(graphText(full)).toMatchFileSnapshot(path.join(__dirname, "embedded.yaml"));
});

test("the Gateway API: how the graph differs", async () => {
  const { resources } = await runProgram(config({ ...seat, gatewayApi: true }));
  await expect(differenceText(full, resources)).toMatchFileSnapshot(path.join(__dirname, "embedded-gateway-api.yaml"));
});
