import { rmSync } from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runProgram } from "../components/program";
import { newHome, writeKubeconfig } from "../existing/kubeconfig";
import { document } from "./document";

let home: string;
beforeAll(() => void (home = newHome()));
afterAll(() => rmSync(home, { recursive: true }));

/**
 * What the program registers for the target existing, to be read in a review; the lessons and the addons but Kiali, which has its host, are left to the golden file of the embedded target.
 * After a change that is meant: `npx vitest run --project unit test/unit/golden -u`.
 */
test.each([
  ["existing.yaml", { serviceType: "NodePort" }, {}],
  ["existing-load-balancer-gateway-api.yaml", { serviceType: "LoadBalancer" }, { gatewayApi: true }],
])("the resource graph of the target existing, without lessons: %s", async (file, existing, changes) => {
  const kubeconfig = writeKubeconfig(path.join(home, "config"), ["kind-lab"], { current: "kind-lab" });
  const { resources } = await runProgram({ target: "existing", lessons: [], addons: ["kiali"], existing: { kubeconfig, ...existing }, ...changes });
  await expect(resources.map(document).sort().join("\n")).toMatchFileSnapshot(path.join(__dirname, file));
});
