import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seatStatus } from "../../embedded/node/seat";
import { Checkout } from "../support/checkout";
import { conversion, get, until } from "../support/http";
import { expectEverythingAlive, kubernetesResources } from "../support/live";

/** A small seat (one lesson) that loses its whole cluster, then is moved to another address. */
describe("a seat that is lost", () => {
  let lab: Checkout;
  let made: number;
  beforeAll(async () => {
    // What a URL, a shell, YAML and TOML take for something else is part of every path of this seat.
    lab = (await Checkout.create("installed", "istio-lab 100% #1, 'ü' \"$HOME`x`-")).configure({
      lessons: ["temperature"],
      addons: [],
    });
    const up = await lab.ok("up");
    const [, command] = /kubectl in your shell: +(export KUBECONFIG=.*)$/m.exec(up.all) ?? [];
    expect((await execa("sh", ["-ec", `${command}\ncat "$KUBECONFIG"`])).stdout).toContain("istio-lab-admin");
    made = await expectEverythingAlive(lab);
  });
  afterAll(async () => lab?.remove());

  const seat = async () => (await seatStatus(lab.seatFolder())).seat!;

  it("shows in a plain preview that all its processes were killed, and a plain `pulumi up` makes it anew", async () => {
    const before = await seat();
    process.kill(before.pid, "SIGKILL");
    await until(
      "the seat's end",
      10,
      () => seatStatus(lab.seatFolder()),
      (now) => now.state === "dead",
    );
    expect((await lab.pulumi("preview")).stdout).toMatch(/Generation seat-generation .*replace/);
    expect((await lab.pulumi("up", "--yes", "--skip-preview")).all).toMatch(
      /Seat embedded is gone: its processes have ended/,
    );
    await expectAnew(before.generation);
  });

  it("is replaced rightly when its address range changes: every object is alive in the new cluster", async () => {
    const before = await seat();
    await lab.pulumi("config", "set", "--path", "istio-lab:embedded.addressRange", "10.231.77.0/30");
    await lab.ok("up");
    await expectAnew(before.generation);
    expect((await seat()).address).toBe("10.231.77.2");
    expect(await lab.output("INGRESS_HOST")).toBe("10.231.77.2");
  });

  /** The cluster is another one, everything lives in it, and the program has nothing left to do. */
  async function expectAnew(generation: string) {
    const now = await seat();
    expect(now.generation).not.toBe(generation);
    expect(await expectEverythingAlive(lab)).toBe(made);
    expect(await kubernetesResources(lab)).toHaveLength(made);
    expect((await get(`${await lab.output("GATEWAY_URL")}${conversion}`)).status).toBe(200);
    await lab.pulumi("preview", "--expect-no-changes");
  }
});
