import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectReadinessBeforeKubernetes, seat } from "../engine/azure/expectations";
import { AzureLab, type Asked } from "../engine/azure/lab";
import { conversion } from "../support/http";
import { expectEverythingAlive } from "../support/live";

/** An Azure seat whose VM is replaced, then lost; on the recording plugins of test/engine/azure, like test/engine/azure.test.ts. */
describe("an Azure seat's other VM, on recording plugins", () => {
  let lab: AzureLab;
  let made: number;
  beforeAll(async () => {
    lab = await AzureLab.create({ ...seat, lessons: ["temperature"], addons: [] });
    await lab.up();
    made = await expectEverythingAlive(lab.checkout);
  });
  afterAll(async () => lab?.remove());

  it("is made anew on another VM when what the VM is made of changes: no Kubernetes delete, every object alive in the new cluster", async () => {
    const old = lab.server;
    lab.configure({ azure: { k3s: { sha256: "1".repeat(64) } } });
    const { asked } = await lab.up();
    await expectAnew(old, asked);
    expect(lab.cloud.find(old.id)).toBeUndefined();
    // Its address is what the trainees know.
    expect(asked.filter(({ type, call }) => type.endsWith(":PublicIPAddress") && call !== "Read")).toEqual([]);
  });

  it("is made anew by up --heal when the VM was lost", async () => {
    const old = lab.server;
    await lab.lose();
    const { asked } = await lab.recorded(() => lab.checkout.ok("up", "--stack", "azure", "--heal"));
    await expectAnew(old, asked);
  });

  /** The cluster is another one, everything lives in it, and the program has nothing left to do. */
  async function expectAnew(old: { outputs: Record<string, unknown> }, asked: Asked[]) {
    expect(lab.server.outputs.vmId).not.toBe(old.outputs.vmId);
    expect(asked.filter(({ call, type }) => call === "Delete" && type.startsWith("kubernetes:"))).toEqual([]);
    expectReadinessBeforeKubernetes(asked);
    expect(await expectEverythingAlive(lab.checkout)).toBe(made);
    expect(await lab.statusOf(conversion)).toBe("200");
    expect(await lab.previewed()).toEqual([]);
  }
});
