import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { compiled } from "../../support/compiled";

it("the door of kube/ loads client-node only with the first kubeconfig: the program and its dynamic provider pay nothing for it", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-door-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  const isLoaded = "Object.keys(require.cache).some((file) => file.includes('@kubernetes/client-node'))";
  const script = `const kube = require("./kube"); const before = ${isLoaded}; kube.emptyKubeconfig(); console.log(before, ${isLoaded})`;
  const file = await compiled(folder, script);
  expect(execFileSync(process.execPath, [file], { encoding: "utf8" }).trim()).toBe("false true");
});
