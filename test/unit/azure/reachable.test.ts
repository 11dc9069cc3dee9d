import { beforeEach, describe, expect, test, vi } from "vitest";
import {
  GONE_VMS,
  reachable,
  reachableOperations,
  type ReachableInputs,
} from "../../../components/cluster/azure/reachable-operations";

const inputs: ReachableInputs = {
  host: "lab.westeurope.cloudapp.azure.com",
  port: 6443,
  authority: "PEM",
  adminCidrs: ["198.51.100.7/32"],
  generation: "g1",
  vmId: "vm1",
};
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A world whose API answers from this second on. */
let answersAt: number;
let clock: number;
let tries: number;
let gone: string[];

const operations = reachableOperations({
  ask: async () => {
    tries++;
    if (clock < answersAt) throw new Error("no answer within 10 s");
  },
  pause: async () => (clock += 13),
  now: () => clock,
  isGone: (vmId) => gone.includes(vmId),
});

beforeEach(() => {
  [answersAt, clock, tries, gone] = [0, 0, 0, []];
});

const unreachable =
  "https://lab.westeurope.cloudapp.azure.com:6443 does not answer this machine: no answer within 10 s (tried for 180 s). The node itself says it is ready. " +
  "Port 6443 is open to azure.adminCidrs alone, now 198.51.100.7/32: is the address with which this machine goes out in one of them? Put it there, then run up again.";

describe("create", () => {
  test("ends at the first answer", async () => {
    expect(await operations.create(inputs)).toEqual({ id: inputs.host, outs: inputs });
    expect(tries).toBe(1);
  });

  test("tries again while rule and name get known", async () => {
    answersAt = 100;
    await operations.create(inputs);
    expect(clock).toBe(104);
  });

  test("gives up after three minutes, and names adminCidrs", async () => {
    answersAt = Infinity;
    await expect(operations.create(inputs)).rejects.toThrow(unreachable);
    expect(clock).toBe(182);
  });
});

describe("diff", () => {
  test.each([
    ["nothing", {}, false],
    ["a CIDR", { adminCidrs: ["192.0.2.0/24"] }, true],
    ["the name", { host: "other" }, true],
    ["the generation", { generation: "g2" }, true],
    ["the VM", { vmId: "vm2" }, true],
    ["the VM's id, hidden by an update of its tags,", { vmId: unknown }, false],
  ])("%s changed: %s", async (_what, change, changes) => {
    expect(await operations.diff(inputs.host, inputs, { ...inputs, ...change })).toEqual({ changes });
  });
});

describe("update", () => {
  test("asks again when somebody else is let in", async () => {
    const news = { ...inputs, adminCidrs: ["192.0.2.0/24"] };
    expect(await operations.update(inputs.host, inputs, news)).toEqual({ outs: news });
    answersAt = Infinity;
    await expect(operations.update(inputs.host, inputs, news)).rejects.toThrow(
      "azure.adminCidrs alone, now 192.0.2.0/24",
    );
  });

  test("takes another VM of another generation", async () => {
    await expect(
      operations.update(inputs.host, inputs, { ...inputs, generation: "g2", vmId: "vm2" }),
    ).resolves.toBeDefined();
  });

  test("refuses an empty cluster in the place of a lost one before anything is done to it", async () => {
    await expect(operations.update(inputs.host, inputs, { ...inputs, vmId: "vm2" })).rejects.toThrow(
      "The seat's control plane was lost, and a new, empty one is at lab.westeurope.cloudapp.azure.com, which lacks everything that this stack remembers. " +
        "Recreate that (NAME is the stack's name): npm run up -- --stack NAME --heal",
    );
    expect(tries).toBe(0);
  });
});

describe("read", () => {
  test("as the engine has it: the variable that drops what is unreachable in Kubernetes is no proof, a VM's own id is", async () => {
    try {
      vi.stubEnv("PULUMI_K8S_DELETE_UNREACHABLE", "true");
      expect(await reachable.read(inputs.host, inputs)).toEqual({ id: inputs.host, props: inputs });
      vi.stubEnv(GONE_VMS, "vm0,vm1");
      expect(await reachable.read(inputs.host, inputs)).toEqual({ id: "", props: {} });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("keeps a seat that is shut down, without asking it", async () => {
    answersAt = Infinity;
    expect(await operations.read(inputs.host, inputs)).toEqual({ id: inputs.host, props: inputs });
    expect(tries).toBe(0);
  });

  test.each([
    ["its own VM", ["vm0", "vm1"], { id: "", props: {} }],
    ["another VM", ["vm0"], { id: inputs.host, props: inputs }],
  ])("in a run that has proof that %s is gone (%j)", async (_what, vms, result) => {
    [gone, answersAt] = [vms, Infinity];
    expect(await operations.read(inputs.host, inputs)).toEqual(result);
    expect(tries).toBe(0);
  });
});

describe("the VMs that `up --heal` has found gone", () => {
  test.each([
    ["vm1,vm2", "vm2", true],
    ["vm1,vm2", "vm1", true],
    ["vm1,vm2", "vm3", false],
    ["vm1,vm2", "vm", false],
    ["", "vm1", false],
    ["", "", false],
  ])("%j: %j is one of them: %j, and no other's resource is forgotten", async (named, vmId, isGone) => {
    vi.stubEnv(GONE_VMS, named);
    try {
      expect(await reachable.read!("lab", { ...inputs, vmId })).toEqual(
        isGone ? { id: "", props: {} } : { id: "lab", props: { ...inputs, vmId } },
      );
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
