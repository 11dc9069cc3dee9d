import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Checkout } from "../support/checkout";
import { killWhen } from "../support/crash";
import { conversion, get } from "../support/http";
import { expectEverythingAlive } from "../support/live";

/** How many processes of Pulumi work for the checkout, by the mark in their environment. */
function leftBehind(checkout: string): number {
  const marked = (pid: string) => {
    try {
      const command = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return (
        /pulumi|provider/.test(command) &&
        fs.readFileSync(`/proc/${pid}/environ`, "utf8").includes(`ISTIO_LAB_RUN=${checkout}\0`)
      );
    } catch {
      return false;
    }
  };
  return fs.readdirSync("/proc").filter((entry) => /^\d+$/.test(entry) && marked(entry)).length;
}

/** Each run of `up` is killed with -9 in another phase; the next one converges and says what it found. The other phases are rehearsed: test/rehearsal/kills.test.ts. */
describe("up, killed with -9", () => {
  let lab: Checkout;
  beforeAll(async () => {
    lab = (await Checkout.create()).configure({ lessons: ["temperature"], addons: [] });
  });
  afterAll(async () => lab?.remove());

  const read = <T>(...file: string[]): T | undefined => {
    try {
      return JSON.parse(fs.readFileSync(path.join(lab.seatFolder(), ...file), "utf8")) as T;
    } catch {
      return undefined;
    }
  };
  const phase = () => read<{ phase: string }>("seat.json")?.phase;

  it("while the node starts", async () => {
    await killWhen(lab, ["up"], () => phase() === "control plane");
    expect(phase()).toBe("control plane");
  });

  it("while Istio is released", async () => {
    const again = await killWhen(lab, ["up"], (printed) => /istio-istiod creating/.test(printed));
    expect(again.all).toMatch(/Broke the lock of process \d+/);
    expect(again.all).toMatch(/An earlier run was killed while it worked on seat-machine/);
    expect(again.all).toMatch(/is half-made, because an earlier run was killed/);
  });

  it("while the apps are made, the engine alone: what it leaves running is ended", async () => {
    const again = await killWhen(lab, ["up"], (printed) => /Deployment .* creating/.test(printed), "engine");
    expect(again.all).toMatch(/An earlier run was killed while it worked on .*istio-istiod/);
    expect(again.all).toMatch(/Broke the lock of process \d+/);
    expect(again.all).toMatch(/The seat is not up/);
    expect(leftBehind(lab.root)).toBeGreaterThan(0);
  });

  it("converges: everything is alive, the gateway answers, the next preview is empty", async () => {
    const again = await lab.ok("up");
    expect(again.all).toMatch(/Ended (a process|\d+ processes) left by a killed run/);
    expect(again.all).toMatch(/An earlier run was killed while it worked on/);
    expect(leftBehind(lab.root)).toBe(0);
    await expectEverythingAlive(lab);
    expect((await get(`${await lab.output("GATEWAY_URL")}${conversion}`)).status).toBe(200);
    await lab.pulumi("preview", "--expect-no-changes");
  });

  it("and down, killed with -9, is finished by the next down", async () => {
    await killWhen(lab, ["down"], (printed) => /deleting|Destroying/.test(printed));
    await lab.ok("down");
    expect(fs.existsSync(lab.seatFolder())).toBe(false);
  });
});
