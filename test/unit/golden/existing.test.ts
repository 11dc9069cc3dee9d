import { rmSync } from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Registered } from "../components/graph";
import { runProgram } from "../components/program";
import { newHome, writeKubeconfig } from "../existing/kubeconfig";
import { differenceText, graphText } from "./document";

let home: string;
let full: Registered[];

const graph = async (serviceType: string, changes: Record<string, unknown> = {}) => {
  const kubeconfig = writeKubeconfig(path.join(home, "config"), ["kind-lab"], { current: "kind-lab" });
  return (
    await runProgram({
      target: "existing",
      lessons: [],
      addons: ["kiali"],
      existing: { kubeconfig, serviceType },
      ...changes,
    })
  ).resources;
};

beforeAll(async () => {
  home = newHome();
  full = await graph("NodePort");
});
afterAll(() => rmSync(home, { recursive: true }));

/**
 * What the program registers for the target existing, to be read in a review; the lessons and the addons but Kiali, which has its host, are left to the golden file of the embedded target.
 * After a change that is meant: `npx vitest run --project unit test/unit/golden -u`.
 */
test("the resource graph of the target existing, without lessons", async () => {
  await expect(graphText(full)).toMatchFileSnapshot(path.join(__dirname, "existing.yaml"));
});

test("a load balancer and the Gateway API: how the graph differs", async () => {
  const variant = await graph("LoadBalancer", { gatewayApi: true });
  await expect(differenceText(full, variant)).toMatchFileSnapshot(
    path.join(__dirname, "existing-load-balancer-gateway-api.yaml"),
  );
});
