import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Checkout } from "../support/checkout";
import { killWhen } from "../support/crash";

/** A build into an empty cache, killed with -9 twice. Go's own build cache is warm by now, so this links rather than compiles. */
describe("the build, killed with -9", () => {
  let lab: Checkout;
  let cache: string;
  beforeAll(async () => {
    cache = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-cache-"));
    lab = (await Checkout.create()).under({ env: { ISTIO_LAB_CACHE: cache } });
  });
  afterAll(async () => {
    await lab?.remove();
    fs.rmSync(cache, { recursive: true, force: true });
  });

  const built = () =>
    fs.existsSync(path.join(cache, "toolchain")) ? fs.readdirSync(path.join(cache, "toolchain")) : [];
  const whole = (module: string) => built().some((name) => name.startsWith(`${module}-`));

  it("while the engine is built: nothing half-made counts as built", async () => {
    await killWhen(lab, ["embedded", "build"], () => built().some((name) => name.startsWith(".pulumi-")));
    expect(whole("pulumi")).toBe(false);
  });

  it("while Kubernetes and Istio are built: the engine is not built again", async () => {
    const again = await killWhen(lab, ["embedded", "build"], () => built().some((name) => name.startsWith(".mesh-")));
    expect(again.all).toMatch(/Pulumi .* done/);
    expect(whole("mesh")).toBe(false);
  });

  it("converges: the programs run, the images are whole, nothing half-made is left, and the next build does nothing", async () => {
    const again = await lab.ok("embedded", "build");
    expect(again.all).not.toMatch(/Pulumi .* from source/);
    const [mesh] = built().filter((name) => name.startsWith("mesh-"));
    const { stdout } = await execa(path.join(cache, "toolchain", mesh!, "bin", "kubelet"), ["--version"]);
    expect(stdout).toMatch(/^Kubernetes v1\.\d+\.\d+$/);
    expect(built().filter((name) => name.startsWith("."))).toEqual([]);
    expect((await lab.ok("embedded", "build")).all.trim()).toBe("");
  });
});
