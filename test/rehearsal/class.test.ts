import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Checkout, type Ended } from "../support/checkout";
import { hostState, type HostState } from "../support/host";
import { Classroom } from "../support/roster";

/** As many as this machine holds with the smallest mesh: each is a cluster, an istiod and five Envoys of its own. */
const seats = ["anna", "bela", "chen", "dora", "emil", "faye"];

/** A real class: six seats at once on this machine, from the first preview to the proof that nothing is left. */
describe("a class of six", () => {
  let lab: Checkout;
  let room: Classroom;
  let before: HostState;
  const printed: Ended[] = [];
  /** A verb of the class, kept for the search for secrets. */
  const run = async (verb: string, ...args: string[]) => {
    const ended = await room.run(verb, ...args);
    printed.push(ended);
    return ended;
  };
  const ok = async (verb: string, ...args: string[]) => {
    const ended = await run(verb, ...args);
    expect(ended.exitCode, `class ${verb} printed:\n${ended.all}`).toBe(0);
    return ended;
  };

  beforeAll(async () => {
    before = await hostState();
    lab = await Checkout.create();
    room = new Classroom(lab, {
      config: { lessons: ["blog"], addons: [], canaryPlan: { "my-blog": { to: "v2", steps: [10, 25, 50, 100] } } },
      seats: seats.map((seat) => ({ seat, trainee: `Trainee ${seat}` })),
    });
  });
  afterAll(async () => {
    if (fs.existsSync(path.join(lab.root, ".lab"))) await lab.remove();
  });

  it("previews six new seats as one group, and makes nothing by it", async () => {
    const { stdout } = await ok("preview");
    expect(stdout).toMatch(/^6 seats: .*create/m);
    expect((await lab.pulumi("stack", "ls", "--json")).stdout.trim()).toBe("[]");
    expect(fs.readdirSync(lab.root).filter((file) => /^Pulumi\.(anna|bela)/.test(file))).toEqual([]);
  });

  it("makes them all, and says how long that took against single seats", { timeout: 1_200_000 }, async () => {
    const alone = await timed(() => ok("up", "--only", "anna"));
    await ok("destroy", "--yes", "--only", "anna");
    const all = await timed(() => ok("up"));
    for (const seat of seats) expect(fs.existsSync(path.join(lab.seatFolder(seat), "kubeconfig")), seat).toBe(true);
    console.info(`one seat: ${alone} s; six at once: ${all} s; ${(all / (6 * alone)).toFixed(2)} of six times one`);
  });

  it("status shows six that are up, each at an address of its own", async () => {
    const rows = JSON.parse((await ok("status", "--json")).stdout) as {
      seats: { seat: string; gatewayUrl?: string }[];
    };
    expect(rows.seats.map(({ seat }) => seat)).toEqual(seats);
    expect(new Set(rows.seats.map(({ gatewayUrl }) => gatewayUrl)).size).toBe(6);
  });

  it("check is green on all", async () => {
    const { stdout } = await ok("check", "--junit", "class.xml");
    for (const seat of seats) expect(stdout).toMatch(new RegExp(`^${seat} +Trainee ${seat} +10 +0 `, "m"));
    expect(fs.readFileSync(path.join(lab.root, "class.xml"), "utf8")).not.toContain("<failure");
  });

  it("a weight of all is one line, and nothing else", async () => {
    const { stdout } = await ok(
      "preview",
      "--set",
      "canary.my-blog={v1: 75, v2: 25}",
      "--expect-only",
      "VirtualService",
    );
    expect(stdout).toContain("6 seats: 1 VirtualService, my-blog v1 90 → 75, v2 10 → 25; nothing else");
    expect((await run("preview", "--set", "mtls=PERMISSIVE", "--expect-only", "VirtualService")).exitCode).toBe(1);
  });

  it("canary next moves the routes of all seats a step, and back", async () => {
    await ok("canary next", "--yes");
    for (const seat of seats) expect(await room.weights(seat), seat).toEqual([75, 25]);
    await ok("canary back", "--yes", "--only", "faye");
    expect(await room.weights("faye")).toEqual([90, 10]);
  });

  it("the seat that stands elsewhere is the outlier", async () => {
    const { stdout } = await ok("preview", "--set", "canary.my-blog={v1: 50, v2: 50}");
    expect(stdout).toContain("5 seats: 1 VirtualService, my-blog v1 75 → 50, v2 25 → 50; nothing else");
    expect(stdout).toMatch(/faye.*my-blog v1 90 → 50, v2 10 → 50/);
    await ok("canary next", "--yes", "--only", "faye");
  });

  it("drift by hand is found on its seat alone, and reset puts it back", async () => {
    await kubectl(
      "chen",
      "patch",
      "virtualservice",
      "my-blog",
      "-n",
      "blog",
      "--type=json",
      "-p",
      '[{"op": "replace", "path": "/spec/http/0/route/0/weight", "value": 100}, {"op": "replace", "path": "/spec/http/0/route/1/weight", "value": 0}]',
    );
    await kubectl("chen", "delete", "authorizationpolicy", "allow-frontend-to-api", "-n", "blog");
    await kubectl("chen", "create", "configmap", "left-by-chen", "-n", "blog", "--from-literal=a=b");
    const drift = await run("drift");
    expect(drift.exitCode).toBe(1);
    expect(drift.stdout).toContain("left-by-chen");
    expect(drift.stdout).toContain("allow-frontend-to-api");
    const found = JSON.parse((await run("drift", "--json")).stdout) as object;
    expect(JSON.stringify(found)).toContain("left-by-chen");
    await ok("reset", "--seat", "chen", "--lesson", "blog", "--yes");
    await ok("drift");
    await ok("check", "--only", "chen");
  });

  it("cards have a page for everybody", async () => {
    await ok("cards");
    const page = fs.readFileSync(path.join(lab.root, "cards.html"), "utf8");
    for (const seat of seats) expect(page).toContain(`Trainee ${seat}`);
    expect(fs.readFileSync(path.join(lab.root, "cards.pdf")).subarray(0, 5).toString()).toBe("%PDF-");
  });

  it("holds no secret in what it printed and wrote", async () => {
    const passphrase = fs.readFileSync(path.join(lab.root, ".lab", "passphrase"), "utf8").trim();
    const secrets = [passphrase];
    for (const seat of seats) {
      const kubeconfig = (await lab.pulumi("stack", "output", "kubeconfig", "--show-secrets", "--stack", seat)).stdout;
      secrets.push(...[...kubeconfig.matchAll(/(?:client-key-data|token): (\S+)/g)].map((match) => match[1]!));
    }
    expect(secrets.length).toBeGreaterThan(seats.length);
    const texts = [
      ...room.written(),
      ...["cards.html", "class.xml"].map((file) => ({
        file,
        text: fs.readFileSync(path.join(lab.root, file), "utf8"),
      })),
      ...printed.map(({ all }) => ({ file: "printed", text: all })),
    ];
    for (const { file, text } of texts) for (const secret of secrets) expect(text.includes(secret), file).toBe(false);
  });

  it("destroy proves that nothing is left", async () => {
    const { stdout } = await ok("destroy", "--yes", "--json");
    for (const seat of seats) expect(stdout).toContain(`"${seat}"`);
    expect((await lab.pulumi("stack", "ls", "--json")).stdout.trim()).toBe("[]");
    expect(await hostState()).toEqual(before);
    for (const seat of seats) expect(fs.existsSync(path.join(lab.root, `Pulumi.${seat}.yaml`))).toBe(false);
    expect(
      fs.existsSync(path.join(lab.root, ".lab", "state", ".pulumi", "locks"))
        ? fs
            .readdirSync(path.join(lab.root, ".lab", "state", ".pulumi", "locks"), { recursive: true })
            .filter((file) => String(file).endsWith(".json"))
        : [],
    ).toEqual([]);
  });

  async function kubectl(seat: string, ...args: string[]): Promise<string> {
    await lab.pulumi("stack", "select", seat);
    return lab.kubectl(...args);
  }
});

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = Date.now();
  await work();
  return Math.round((Date.now() - started) / 1000);
}
