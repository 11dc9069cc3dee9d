import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runSteps } from "../../cli/terminal/progress";
import { conversion } from "../support/http";
import { realMinikubeSteps } from "../toolchain/real-minikube";
import { clean, leftovers, Machine } from "./real-minikube/machine";
import { OwnPulumi } from "./real-minikube/own-pulumi";

vi.setConfig({ testTimeout: 900_000, hookTimeout: 3_600_000 });

describe("a real minikube, with a Pulumi of the user's own and no npm script", () => {
  const machine = new Machine();
  let user: OwnPulumi;

  beforeAll(async () => {
    await runSteps([[realMinikubeSteps()]]);
    await machine.start();
    user = await OwnPulumi.create(machine);
  });
  afterAll(async () => {
    await clean();
    expect(leftovers()).toEqual([]);
  });

  /** `pulumi up` does not wait until the seat answers. */
  async function expectAnswers(): Promise<void> {
    const gateway = (await user.pulumi("stack", "output", "GATEWAY_URL")).trim();
    for (const page of ["/productpage", conversion]) {
      await expect.poll(() => user.statusOf(`${gateway}${page}`), { timeout: 300_000, interval: 1000 }).toBe("200");
    }
  }

  /** What the engine counts at the end of a run; an update shows its preview before. */
  const summary = (printed: string) => [...printed.matchAll(/Resources:\n((?: .*\n?)+)/g)].at(-1)?.[1]?.trim();

  it("npm ci, pulumi login to a folder and pulumi stack init are all that comes before", async () => {
    await user.install();
    await user.pulumi("login", user.backend);
    await user.pulumi("stack", "init", "dev");
    expect(await user.pulumi("whoami", "--verbose")).toContain(user.backend);
  });

  it("pulumi up makes the seat, and it answers", async () => {
    expect(summary(await user.pulumi("up", "--yes", "--non-interactive"))).toMatch(/^\+ \d+ created$/);
    await expectAnswers();
  });

  it("a weight changed is one change in pulumi preview --diff, and in pulumi up", async () => {
    for (const [version, weight] of [
      ["v1", "75"],
      ["v3", "25"],
    ])
      await user.pulumi("config", "set", "--path", `istio-lab:canary.reviews.${version}`, weight!);
    const diff = await user.pulumi("preview", "--diff", "--non-interactive");
    expect(diff).toMatch(/weight *: 50 => 75/);
    expect(diff).toMatch(/weight *: 50 => 25/);
    expect(summary(diff)).toMatch(/^~ 1 to update\n\s+\d+ unchanged$/);
    expect(summary(await user.pulumi("up", "--yes", "--non-interactive"))).toMatch(/^~ 1 updated\n\s+\d+ unchanged$/);
    await expectAnswers();
  });

  it("stopped by hand, pulumi up alone starts it again", async () => {
    await machine.minikube(user.kubeconfig, "stop", "--profile=istio-lab-dev");
    expect(summary(await user.pulumi("up", "--yes", "--non-interactive"))).toMatch(/^~ 1 updated\n\s+\d+ unchanged$/);
    await expectAnswers();
  });

  it("pulumi destroy leaves nothing", async () => {
    expect(summary(await user.pulumi("destroy", "--yes", "--non-interactive"))).toMatch(/^- \d+ deleted$/);
    expect(await machine.minikubeObjects()).toEqual([]);
  });
});
