import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seatStatus } from "../../embedded/node/seat";
import { Checkout } from "../support/checkout";
import { hostState, type HostState } from "../support/host";
import { conversion, get, until } from "../support/http";

/** Two seats side by side on this machine, from one checkout; then none, and nothing of them. */
describe("two seats at once", () => {
  let lab: Checkout;
  let before: HostState;
  let groups: number;
  const urls: Record<string, string> = {};
  let moved: Checkout;
  beforeAll(async () => {
    before = await hostState();
    groups = memoryGroups();
    lab = (await Checkout.create()).configure({ lessons: ["temperature"], addons: [] });
    for (const stack of ["embedded", "seat2"]) {
      await lab.ok("up", "--stack", stack);
      urls[stack] = await lab.output("GATEWAY_URL");
    }
  });
  afterAll(async () => lab?.remove());
  const inSeat = (...command: string[]) => lab.ok("embedded", "shell", "--seat", "embedded", "--", ...command);

  it("both answer, at addresses of their own", async () => {
    expect(urls.embedded).not.toBe(urls.seat2);
    for (const url of Object.values(urls)) expect((await get(`${url}${conversion}`)).body).toContain("423.15");
  });

  for (const name of [
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "containerd",
    "kubelet",
    "kube-proxy",
  ]) {
    it(`one has its ${name} started again within 10 s when it is killed`, async () => {
      const now = async () =>
        (await seatStatus(lab.seatFolder("seat2"))).services!.find((service) => service.name === name)!;
      const before = await now();
      process.kill(before.pid!, "SIGKILL");
      const after = await until(`${name} started again`, 10, now, ({ up, pid }) => up && pid !== before.pid);
      expect(after.pid).not.toBe(before.pid);
      // How long it takes to be ready is a matter of the machine's speed.
      await until(
        "the API server",
        60,
        () => lab.kubectl("get", "--raw", "/readyz"),
        (answer) => answer.trim() === "ok",
      );
    });
  }

  it("one whose record cannot be read is not called gone: up changes nothing, and says which file", async () => {
    const record = path.join(lab.seatFolder(), "seat.json");
    const text = fs.readFileSync(record, "utf8");
    fs.writeFileSync(record, "{");
    try {
      const up = await lab.run("up", "--stack", "embedded");
      expect(up.exitCode).toBe(1);
      expect(up.all).toMatch(
        /seat\.json is not a seat's record: it says "\{"\. The seat is unknown, and nothing was changed\./,
      );
      expect(up.all).not.toMatch(/is gone|half-made|\n\s+at .*:\d+:\d+/);
    } finally {
      fs.writeFileSync(record, text);
    }
    expect((await get(`${urls.embedded}${conversion}`)).status).toBe(200);
  });

  it("one that is of another generation than the state's is left alone by down, and the command that is named shows it", async () => {
    const record = path.join(lab.seatFolder("seat2"), "seat.json");
    const said = JSON.parse(fs.readFileSync(record, "utf8")) as { generation: string };
    fs.writeFileSync(record, JSON.stringify({ ...said, generation: "somebody-elses" }));
    const state = (await lab.pulumi("stack", "export", "--stack", "seat2")).stdout;
    const down = await lab.ok("down", "--stack", "seat2");
    expect(down.all).toMatch(
      /Kept: the seat in .*seat2 is running\. .* does not know its generation, somebody-elses\. `npm run embedded -- status --seat seat2` shows it\./,
    );
    expect((await lab.ok("embedded", "status", "--seat", "seat2")).all).toContain("generation somebody-elses");
    expect((await get(`${urls.seat2}${conversion}`)).status).toBe(200);
    // As it was before.
    fs.writeFileSync(record, JSON.stringify(said));
    fs.writeFileSync(path.join(lab.root, "seat2.json"), state);
    await lab.pulumi("stack", "import", "--stack", "seat2", "--file", "seat2.json");
  });

  it("taking one down leaves the other untouched", async () => {
    const processes = (await seatStatus(lab.seatFolder("embedded"))).services;
    await lab.ok("down", "--stack", "seat2");
    expect((await seatStatus(lab.seatFolder("seat2"))).state).toBe("absent");
    expect((await seatStatus(lab.seatFolder("embedded"))).services?.map(({ name, pid }) => [name, pid])).toEqual(
      processes?.map(({ name, pid }) => [name, pid]),
    );
    expect((await get(`${urls.embedded}${conversion}`)).status).toBe(200);
    // The images are under both: what the one took away was its own.
    await inSeat(
      "kubectl",
      "run",
      "afterwards",
      "--namespace=kube-public",
      "--image=docker.io/mccutchen/go-httpbin:v2.15.0",
      "--image-pull-policy=IfNotPresent",
    );
    await inSeat(
      "kubectl",
      "wait",
      "--namespace=kube-public",
      "pod/afterwards",
      "--for=condition=Ready",
      "--timeout=60s",
    );
    await inSeat("kubectl", "delete", "--namespace=kube-public", "pod/afterwards", "--now");
  });

  it("has no image and no program of its own: it takes less than 0.7 GiB, with its lesson", async () => {
    const { stdout } = await execa("du", ["-sx", "--block-size=1M", lab.seatFolder()]);
    expect(Number.parseInt(stdout, 10)).toBeLessThan(0.7 * 1024);
    expect(fs.readdirSync(path.join(lab.seatFolder(), "bin"))).toEqual([]);
  });

  it("is not started where what it stands on is gone: one message, and it is stopped as before", async () => {
    await lab.ok("embedded", "stop", "--seat", "embedded");
    const record = path.join(lab.seatFolder(), "seat.json");
    const text = fs.readFileSync(record, "utf8");
    fs.writeFileSync(record, text.replace(/(?<=\/store\/)[0-9a-f]{16}/, "f".repeat(16)));
    const refused = await lab.run("embedded", "start", "--seat", "embedded");
    expect(refused.exitCode).toBe(1);
    expect(refused.all).toMatch(
      /The seat "embedded" uses the image store \S+\/store\/f{16}, which no longer exists\. Nothing has been started, and its data is kept\. /,
    );
    expect((await seatStatus(lab.seatFolder())).state).toBe("stopped");
    fs.writeFileSync(record, text);
  });

  it("a seat that was stopped by command is started again by up, with its objects, also from a backend that its stack was moved to", async () => {
    expect((await seatStatus(lab.seatFolder("embedded"))).state).toBe("stopped");
    const heal = await lab.run("up", "--stack", "embedded", "--heal");
    expect(heal.exitCode).toBe(1);
    expect(heal.all).toMatch(
      /Nothing of stack embedded has been forgotten, because .*seat embedded is stopped\. Start it: `npm run up -- --stack embedded`\./,
    );
    const [backend, state] = ["elsewhere", "embedded.json"].map((name) => path.join(lab.root, ".lab", name)) as [
      string,
      string,
    ];
    fs.mkdirSync(backend);
    moved = lab.under({ env: { PULUMI_BACKEND_URL: `file://${backend}` } });

    const refused = await moved.run("up");
    expect(refused.all).toMatch(
      /Stack embedded is kept in a Pulumi backend that is not the chosen one\. Nothing has been changed\./,
    );
    const command = /npm run (up -- --stack embedded --backend-moved)$/m
      .exec(refused.all)![1]!
      .replace("-- ", "")
      .split(" ");
    const early = await moved.run(...command);
    expect(early.all).toContain(
      `--backend-moved: file://${backend} has no stack embedded with resources. Nothing has been changed.`,
    );
    expect((await seatStatus(lab.seatFolder("embedded"))).state).toBe("stopped");

    await lab.pulumi("stack", "export", "--stack", "embedded", "--file", state);
    await moved.pulumi("stack", "init", "embedded");
    await moved.pulumi("stack", "import", "--stack", "embedded", "--file", state);
    const up = await moved.ok(...command);
    expect(up.all).toMatch(/seat-power.*updated/);
    expect((await get(`${urls.embedded}${conversion}`)).status).toBe(200);
  });

  it("after the last down nothing is left: no process, link, namespace, mount, iptables rule, control group or file", async () => {
    await moved.ok("down", "--stack", "embedded");
    expect(await hostState()).toEqual(before);
    expect(fs.existsSync(lab.seatFolder("embedded"))).toBe(false);
    expect(fs.readdirSync(`${lab.root}/.lab/seats`)).toEqual([]);
  });

  it("after the last down the kernel keeps none of the control groups of the seats and their pods", () => {
    expect(memoryGroups() - groups).toBeLessThan(30);
  });
});

/** How many memory groups the kernel keeps, removed ones too: a seat has a hundred. See cgroups(7), /proc/cgroups. */
function memoryGroups(): number {
  const [, , count] = fs
    .readFileSync("/proc/cgroups", "utf8")
    .split("\n")
    .find((line) => line.startsWith("memory\t"))!
    .split("\t");
  return Number(count);
}
