import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { Group } from "../../cli/class/model";
import { barePulumi, type BarePulumi } from "../support/bare-pulumi";
import { Checkout, jsonOf } from "../support/checkout";
import { Classroom } from "../support/roster";

/** A checkout whose commands have a folder for temporary files to themselves. */
async function checkout(): Promise<Checkout> {
  const made = await Checkout.create();
  fs.mkdirSync(path.join(made.root, "tmp"));
  return made.under({ env: { TMPDIR: path.join(made.root, "tmp") } });
}

/** Folders of previews; none is left when a preview has ended. */
function throwaways({ root }: Checkout): string[] {
  return fs.readdirSync(path.join(root, "tmp")).filter((name) => name.startsWith("istio-lab-preview-"));
}

/** The lab's own program, previewed for seats that do not exist: no cluster is made, and none is asked. */
describe("a class that is not there yet", () => {
  let lab: Checkout;
  let classroom: Classroom;
  beforeAll(async () => {
    lab = (await checkout()).configure({ lessons: ["blog"], addons: [], canary: { "my-blog": { v1: 90, v2: 10 } } });
    // One of them has a name that is a word of the lessons as well.
    classroom = new Classroom(lab, {
      seats: [
        { seat: "anna", trainee: "Anna" },
        { seat: "blog", trainee: "Bernd" },
      ],
    });
  });
  afterAll(async () => lab?.remove());

  it("is told by kinds, and nothing of it is left", async () => {
    const files = fs.readdirSync(lab.root);
    const { stdout } = await classroom.ok("preview");
    expect(stdout.trim()).toMatch(/^2 seats: \d+ to create: 4 Deployments, .*, 1 VirtualService; nothing else$/);
    expect(fs.readdirSync(lab.root).filter((name) => !files.includes(name))).toEqual([".lab"]);
    expect(fs.existsSync(path.join(lab.root, ".lab", "seats"))).toBe(false);
    expect((await lab.pulumi("stack", "ls", "--all", "--json")).stdout.trim()).toBe("[]");
    expect(throwaways(lab)).toEqual([]);
  });
});

/**
 * A program in the lab's place: a resource that holds a route, by the weights of the config, and a secret. Simulated, so that stacks with a state need no
 * cluster: it says nothing of the mesh, but everything of how stacks, config and states come to a folded preview. JavaScript, so that nothing is compiled.
 */
const simulated = `
const pulumi = require("@pulumi/pulumi");

const provider = "exports.handler = () => ({ create: async (inputs) => ({ id: 'made', outs: inputs }), update: async (_id, _old, inputs) => ({ outs: inputs }) });";
class Route extends pulumi.CustomResource {
  constructor(name, props, kind) {
    super("pulumi-nodejs:dynamic/networking:" + kind, name, { ...props, __provider: provider });
  }
}

const config = new pulumi.Config("istio-lab");
const route = Object.entries(config.requireObject("canary").reviews).map(([subset, weight]) => ({ destination: { host: "reviews", subset }, weight }));
new Route("reviews", { stack: pulumi.getStack(), spec: { http: [{ route }] } }, "VirtualService");
if (config.require("mtls") === "PERMISSIVE") new Route("credential", { key: pulumi.secret("a-secret-of-" + pulumi.getStack()) }, "Credential");
`;

describe("a class with states of its own", () => {
  let lab: Checkout;
  let classroom: Classroom;
  let pulumi: BarePulumi;
  const seats = { anna: { v1: 90, v3: 10 }, berta: { v1: 90, v3: 10 }, carl: { v1: 50, v3: 50 } };
  beforeAll(async () => {
    lab = (await checkout()).configure({ lessons: ["bookinfo"], addons: [], canary: {} });
    fs.rmSync(path.join(lab.root, "index.ts"));
    fs.writeFileSync(program(), simulated);
    const manifest = path.join(lab.root, "package.json");
    fs.writeFileSync(manifest, fs.readFileSync(manifest, "utf8").replace('"main": "index.ts"', '"main": "index.js"'));
    pulumi = await barePulumi(lab);
    classroom = new Classroom(lab, {
      seats: Object.keys(seats).map((seat) => ({ seat, trainee: `Trainee of ${seat}` })),
    });
    for (const [seat, reviews] of Object.entries(seats)) {
      const config = {
        "istio-lab:target": "embedded",
        "istio-lab:lessons": ["bookinfo"],
        "istio-lab:addons": [],
        "istio-lab:canary": { reviews },
      };
      fs.writeFileSync(path.join(lab.root, `Pulumi.${seat}.yaml`), stringify({ config }));
      await pulumi("stack", "init", seat);
    }
    await Promise.all(Object.keys(seats).map((seat) => pulumi("up", "--stack", seat, "--yes", "--skip-preview")));
  });
  afterAll(async () => lab?.remove());

  const program = () => path.join(lab.root, "index.js");
  const weights = "canary.reviews={v1: 75, v3: 25}";
  const kept = () =>
    Object.fromEntries(
      Object.keys(seats).flatMap((seat) =>
        [`Pulumi.${seat}.yaml`, `.lab/state/.pulumi/stacks/istio-lab/${seat}.json`].map((file) => [
          file,
          fs.readFileSync(path.join(lab.root, file), "utf8"),
        ]),
      ),
    );
  const selected = async () =>
    (JSON.parse((await pulumi("stack", "ls", "--json")).stdout) as { name: string; current: boolean }[]).find(
      ({ current }) => current,
    )?.name;

  it("is refused as long as its stacks belong to no class, and then they are given to it as the refusal says", async () => {
    const { exitCode, all } = await classroom.run("preview");
    expect(exitCode).toBe(1);
    expect(all).toContain("- carl: belongs to no class");
    expect(all).toContain("stack tag set istio-lab:class class --stack anna");
    for (const seat of Object.keys(seats))
      await pulumi("stack", "tag", "set", "istio-lab:class", classroom.name, "--stack", seat);
  });

  it("is one sentence, and the seat that stands elsewhere is the outlier; files, states and the selected stack stay", async () => {
    const before = { files: kept(), selected: await selected() };
    const ended = await classroom.ok("preview", "--set", weights, "--expect-only", "VirtualService");
    expect(ended.stdout.trim().split("\n")).toEqual([
      "2 seats: 1 VirtualService, reviews v1 90 → 75, v3 10 → 25; nothing else",
      "outlier carl: 1 VirtualService, reviews v1 50 → 75, v3 50 → 25; nothing else",
    ]);
    expect({ files: kept(), selected: await selected() }).toEqual(before);
    expect(throwaways(lab)).toEqual([]);
  });

  it("fails where something else would change than was expected, names it, and shows no secret", async () => {
    const ended = await classroom.run(
      "preview",
      "--set",
      weights,
      "--set",
      "mtls=PERMISSIVE",
      "--expect-only",
      "virtualservice",
      "--json",
      "--only",
      "anna",
      "carl",
    );
    expect(ended.exitCode).toBe(1);
    expect(ended.all).toContain(
      "Only changes of virtualservice were expected. These are others:\n1 seat (anna):\n  + Credential credential\n1 seat (carl):\n  + Credential credential",
    );
    const { groups, unexpected } = jsonOf<{ groups: Group[]; unexpected: Group[] }>(ended);
    expect(groups.map((group) => [group.seats, group.changes.map(({ op, object }) => `${op} ${object}`)])).toEqual([
      [["anna"], ["create Credential credential", "update VirtualService reviews"]],
      [["carl"], ["create Credential credential", "update VirtualService reviews"]],
    ]);
    expect(unexpected.flatMap(({ changes }) => changes.map(({ object }) => object))).toEqual([
      "Credential credential",
      "Credential credential",
    ]);
    for (const text of [ended.all, ...classroom.written().map((file) => file.text)])
      expect(text).not.toContain("a-secret-of-");
  });

  it("tells the seats of which there is no preview, with the engine's own words, and those of the others all the same", async () => {
    // Without the frames of its stack: Pulumi's runner colours them, which in a JavaScript program takes Node 20 half a minute and 3 GB.
    const refusal = `Object.assign(new pulumi.RunError("no such version"), { stack: "RunError: no such version" })`;
    fs.appendFileSync(program(), `if (pulumi.getStack() === "berta") throw ${refusal};\n`);
    const ended = await classroom.run("preview", "--only", "anna", "berta");
    expect(ended.exitCode).toBe(1);
    expect(ended.stdout.trim().split("\n")).toEqual(["1 seat: no change", "not previewed berta: no such version"]);
  });
});
