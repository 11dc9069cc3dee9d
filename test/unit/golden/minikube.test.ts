import * as path from "node:path";
import { expect, test } from "vitest";
import { config, runProgram } from "../components/program";
import { document, graphText } from "./document";

/**
 * What the program registers for the minikube target, to be read in a review; the lessons and the addons but Kiali, which has its host, are left to the golden file of the embedded target.
 * After a change that is meant: `npx vitest run --project unit test/unit/golden -u`.
 */
test("the resource graph of the minikube target, without lessons", async () => {
  const { resources } = await runProgram({ target: "minikube", lessons: [], addons: ["kiali"] });
  await expect(graphText(resources)).toMatchFileSnapshot(path.join(__dirname, "minikube.yaml"));
});

test("mesh, lessons and addons are those of the embedded target, to the letter", async () => {
  const restOf = async (target: Record<string, unknown>) =>
    (await runProgram(config(target))).resources
      .filter(({ name }) => !name.startsWith("seat"))
      .map(document)
      .sort();
  const minikube = await restOf({ target: "minikube" });
  expect(minikube.length).toBeGreaterThan(110);
  expect(minikube).toEqual(await restOf({ target: "embedded" }));
});
