import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Checkout } from "../support/checkout";
import { sharedSeat } from "../support/shared-seat";
import { differences } from "../support/shared-seat/differences";
import { Look } from "../support/shared-seat/look";

/** Does what a careless test would do, and returns how it is undone. */
type Spoiler = (lab: Checkout) => Promise<() => Promise<unknown> | void>;

interface Checkpoint {
  checkpoint: { latest: { resources: { urn: string; inputs: { spec: { hosts: string[] } } }[] } };
}

const weigh = (lab: Checkout, weight: number) =>
  lab.kubectl(
    "patch",
    "virtualservice",
    "my-blog",
    "-n",
    "blog",
    "--type=json",
    "-p",
    JSON.stringify([
      { op: "replace", path: "/spec/http/0/route/0/weight", value: weight },
      { op: "replace", path: "/spec/http/0/route/1/weight", value: 100 - weight },
    ]),
  );

const spoilers: [what: string, spoil: Spoiler, quick: string[], whole: string[]][] = [
  [
    "a weight that was changed by hand",
    async (lab) => {
      await weigh(lab, 40);
      return () => weigh(lab, 90);
    },
    ["VirtualService blog/my-blog was changed"],
    ["VirtualService blog/my-blog was changed"],
  ],
  [
    "an object in a lesson's namespace",
    async (lab) => {
      await lab.kubectl("create", "configmap", "-n", "blog", "notes", "--from-literal=a=b");
      return () => lab.kubectl("delete", "configmap", "-n", "blog", "notes");
    },
    ["ConfigMap blog/notes was added"],
    ["ConfigMap blog/notes was added"],
  ],
  [
    "an object of a kind that only the whole look sees",
    async (lab) => {
      await lab.kubectl("create", "clusterrole", "onlooker", "--verb=get", "--resource=pods");
      return () => lab.kubectl("delete", "clusterrole", "onlooker");
    },
    [],
    ["ClusterRole onlooker was added"],
  ],
  [
    "the state, and the stack's file",
    async (lab) => {
      const file = path.join(lab.root, ".lab", "state", ".pulumi", "stacks", "istio-lab", "embedded.json");
      const [state, config] = [fs.readFileSync(file, "utf8"), lab.stackFile()];
      const { resources } = (JSON.parse(state) as Checkpoint).checkpoint.latest;
      const route = resources.find(({ urn }) => urn.endsWith("::blog-entry-route"))!;
      route.inputs.spec.hosts = ["elsewhere"];
      fs.writeFileSync(file, JSON.stringify({ checkpoint: { latest: { resources } } }));
      lab.stackFile(`${config}\n`);
      return () => {
        fs.writeFileSync(file, state);
        lab.stackFile(config);
      };
    },
    [
      "in the state: kubernetes:networking.istio.io/v1:VirtualService blog-entry-route was changed",
      "in the checkout: Pulumi.embedded.yaml was changed",
    ],
    [
      "in the state: kubernetes:networking.istio.io/v1:VirtualService blog-entry-route was changed",
      "in the checkout: Pulumi.embedded.yaml was changed",
    ],
  ],
];

/** That a test which leaves this behind fails is the fixture's work, after each test of this very file too: what is not undone here is told there. */
describe("the seat that test files share", () => {
  const seat = sharedSeat();
  let look: Look;
  beforeAll(async () => void (look = await Look.at(seat.lab)));
  afterAll(() => look?.close());

  it.each(spoilers)("is seen to be other than it was: %s", async (_, spoil, quick, whole) => {
    const before = { quick: await look.quick(), whole: await look.whole() };
    const undo = await spoil(seat.lab);
    try {
      expect(differences(before.quick, await look.quick())).toEqual(quick);
      expect(differences(before.whole, await look.whole())).toEqual(whole);
    } finally {
      await undo();
    }
    expect(differences(before.whole, await look.whole())).toEqual([]);
  });
});
