import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { projectRoot } from "../../../base/paths";

it("the door of kube/ loads client-node only with the first kubeconfig: the program and its dynamic provider pay nothing for it", () => {
  const isLoaded = "Object.keys(require.cache).some((file) => file.includes('@kubernetes/client-node'))";
  const script = `const kube = require("./kube"); const before = ${isLoaded}; kube.emptyKubeconfig(); console.log(before, ${isLoaded})`;
  expect(
    execFileSync(process.execPath, ["--require", "tsx/cjs", "-e", script], {
      cwd: projectRoot,
      encoding: "utf8",
    }).trim(),
  ).toBe("false true");
});
