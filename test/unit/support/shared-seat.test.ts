import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Custody } from "../../support/shared-seat/custody";
import { differences, kindsIn, onlyKinds } from "../../support/shared-seat/differences";
import { lease, type Made } from "../../support/shared-seat/lease";
import { expectTurns } from "../../support/shared-seat/turns";
import { withLock } from "../../../base/lock";
import { objectsOf, resourcesOf, type LiveObject, type Snapshot } from "../../support/shared-seat/snapshot";

const route: LiveObject = {
  ...{ apiVersion: "networking.istio.io/v1", kind: "VirtualService" },
  metadata: {
    name: "reviews",
    namespace: "default",
    uid: "u1",
    resourceVersion: "7",
    generation: 1,
    labels: { a: "b" },
    annotations: { note: "x" },
  },
  ...{ spec: { http: [{ weight: 50 }] }, status: { seen: 1 } },
};
const service: LiveObject = {
  kind: "Service",
  metadata: { name: "a", namespace: "default" },
  spec: { clusterIP: "10.96.0.7", clusterIPs: ["10.96.0.7"], ports: [80] },
};
const namespace: LiveObject = { kind: "Namespace", metadata: { name: "blog", uid: "u2" } };
const resource = {
  urn: "urn:pulumi:embedded::istio-lab::istio-lab:Bookinfo$kubernetes:networking.istio.io/v1:VirtualService::reviews",
  inputs: { spec: { weight: 50 }, key: { "4dabf18193072939515e22adb298388d": "x", ciphertext: "1" } },
};

const seat = (
  changes: { objects?: LiveObject[]; resources?: (typeof resource)[]; files?: Record<string, string> } = {},
): Snapshot => ({
  objects: objectsOf(changes.objects ?? [route, namespace]),
  resources: resourcesOf(changes.resources ?? [resource]),
  files: changes.files ?? { "Pulumi.embedded.yaml": "config: {}" },
});
const withMetadata = (object: LiveObject, metadata: object): LiveObject => ({
  ...object,
  metadata: { ...object.metadata, ...metadata },
});

describe("a seat that is as it was", () => {
  it.each([
    ["nothing happened", {}],
    [
      "an object was written and put back",
      {
        objects: [
          withMetadata({ ...route, status: { seen: 2 } }, { resourceVersion: "9", generation: 3, uid: "u9" }),
          namespace,
        ],
      },
    ],
    [
      "a Deployment is at another revision",
      {
        objects: [
          withMetadata(route, { annotations: { note: "x", "deployment.kubernetes.io/revision": "3" } }),
          namespace,
        ],
      },
    ],
    [
      "another istiod leads",
      {
        objects: [
          withMetadata(route, { annotations: { note: "x", "control-plane.alpha.kubernetes.io/leader": "istiod-2" } }),
          namespace,
        ],
      },
    ],
    ["the objects came in another order", { objects: [namespace, route] }],
    [
      "a secret was locked anew",
      {
        resources: [
          {
            ...resource,
            inputs: { ...resource.inputs, key: { "4dabf18193072939515e22adb298388d": "x", ciphertext: "2" } },
          },
        ],
      },
    ],
  ])("%s", (_, changes) => {
    expect(differences(seat(), seat(changes))).toEqual([]);
  });
});

it("has the same Service when the cluster gave it another address", () => {
  expect(
    objectsOf([
      { ...service, spec: { ...(service.spec as object), clusterIP: "10.96.0.9", clusterIPs: ["10.96.0.9"] } },
    ]),
  ).toEqual(objectsOf([service]));
});

describe("a seat that is other than it was", () => {
  it.each([
    [
      "a weight changed by hand",
      { objects: [{ ...route, spec: { http: [{ weight: 60 }] } }, namespace] },
      ["VirtualService default/reviews was changed"],
    ],
    [
      "a label",
      { objects: [withMetadata(route, { labels: { a: "c" } }), namespace] },
      ["VirtualService default/reviews was changed"],
    ],
    [
      "an annotation",
      { objects: [withMetadata(route, { annotations: {} }), namespace] },
      ["VirtualService default/reviews was changed"],
    ],
    [
      "an object more",
      { objects: [route, namespace, { kind: "ConfigMap", metadata: { name: "notes", namespace: "blog" } }] },
      ["ConfigMap blog/notes was added"],
    ],
    [
      "a Service's port",
      { objects: [route, namespace, { ...service, spec: { clusterIP: "10.96.0.9", ports: [81] } }] },
      ["Service default/a was changed"],
      [route, namespace, service],
    ],
    ["an object less", { objects: [namespace] }, ["VirtualService default/reviews is missing"]],
    [
      "a namespace that was made anew",
      { objects: [route, withMetadata(namespace, { uid: "u3" })] },
      ["Namespace blog was changed"],
    ],
    [
      "a namespace that is about to go",
      { objects: [route, withMetadata(namespace, { deletionTimestamp: "now" })] },
      ["Namespace blog was changed"],
    ],
    [
      "other inputs in the state",
      { resources: [{ ...resource, inputs: { ...resource.inputs, spec: { weight: 60 } } }] },
      ["in the state: kubernetes:networking.istio.io/v1:VirtualService reviews was changed"],
    ],
    [
      "a resource less in the state",
      { resources: [] },
      ["in the state: kubernetes:networking.istio.io/v1:VirtualService reviews is missing"],
    ],
    [
      "another config",
      { files: { "Pulumi.embedded.yaml": "config: {a: b}" } },
      ["in the checkout: Pulumi.embedded.yaml was changed"],
    ],
    [
      "all at once",
      { objects: [namespace], resources: [], files: {} },
      [
        "VirtualService default/reviews is missing",
        "in the state: kubernetes:networking.istio.io/v1:VirtualService reviews is missing",
        "in the checkout: Pulumi.embedded.yaml is missing",
      ],
    ],
  ])("is told by what differs: %s", (_, changes, lines, objects: LiveObject[] = [route, namespace]) => {
    expect(differences(seat({ objects }), seat(changes))).toEqual(lines);
  });

  it("is not told by kinds that were not looked at", () => {
    const some = seat({ objects: [namespace] });
    expect(differences(onlyKinds(seat(), kindsIn(some)), some)).toEqual([]);
    expect(
      differences(onlyKinds(seat(), kindsIn(some)), seat({ objects: [withMetadata(namespace, { uid: "u3" })] })),
    ).toEqual(["Namespace blog was changed"]);
  });
});

describe("a file that has the seat", () => {
  const asMade = seat({ objects: [route, namespace, service] });
  const spoiled = { objects: [{ ...route, spec: { http: [{ weight: 60 }] } }, namespace] };
  /** Sees the one after the other at each quick look; the whole look sees the last argument. */
  const custody = (quick: Snapshot[], whole = asMade) => {
    const looks = [...quick];
    return new Custody(asMade, {
      quick: async () => looks.shift()!,
      whole: async () => whole,
      allReady: async () => {},
    });
  };

  it("hands back a good seat where every test left it as it was", async () => {
    const file = custody([seat(), seat(), seat()]);
    await file.begin();
    await file.afterTest("one");
    await file.afterTest("other");
    expect(await file.end()).toBe(true);
  });

  it("has the test that left it otherwise fail, by its name and with what it left; the next one is not blamed; the seat is not handed on", async () => {
    const file = custody([seat(), seat(spoiled), seat(spoiled)]);
    await file.begin();
    await expect(file.afterTest("shifts a weight")).rejects.toThrow(
      '"shifts a weight" left the shared seat other than it was. The next file gets a new one.\nVirtualService default/reviews was changed',
    );
    await file.afterTest("looks");
    expect(await file.end()).toBe(false);
  });

  it("fails at its end for what only the whole look sees", async () => {
    const file = custody([seat()], seat({ objects: [route, namespace] }));
    await file.begin();
    await expect(file.end()).rejects.toThrow(
      "The tests of this file left the shared seat other than it was. The next file gets a new one.\nService default/a is missing",
    );
  });

  it("does not begin on a seat that is not as it was made, and does not hand it on", async () => {
    const file = custody([seat(spoiled)]);
    await expect(file.begin()).rejects.toThrow(
      "The shared seat is not as it was made, and no test is known that changed it.\nVirtualService default/reviews was changed",
    );
    expect(await file.end()).toBe(false);
  });

  it("hands on no seat that it never looked at", async () => {
    expect(await custody([]).end()).toBe(false);
  });
});

describe("the seat that files share", () => {
  let folder: string;
  const made: string[] = [];
  const removed: string[] = [];
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "lease-"));
    made.length = removed.length = 0;
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const make = async (): Promise<Made> => {
    const root = fs.mkdtempSync(path.join(folder, "checkout-"));
    made.push(root);
    return { root, up: "", asMade: seat() };
  };
  const remove = async (root: string) => {
    removed.push(root);
    fs.rmSync(root, { recursive: true });
  };
  const take = () => lease(folder, (lab) => lab, make, remove);

  it("is made by the first that asks, and is the same for the next while each hands it back as it was", async () => {
    const one = await take();
    await one.handBack(true);
    const other = await take();
    expect(other.made).toEqual(one.made);
    await other.handBack(true);
    expect([made.length, removed]).toEqual([1, []]);
  });

  it("is one file's at a time", async () => {
    const order: string[] = [];
    const one = await take();
    const next = take().then((lent) => (order.push("taken"), lent));
    // The lock has refused the second one by now: the kernel gives it to who asks again.
    await expect(
      withLock(
        "lease",
        () => {},
        async () => {},
        { folders: [folder], timeout: 0 },
      ),
    ).rejects.toThrow();
    order.push("handed back");
    await one.handBack(true);
    await (await next).handBack(true);
    expect(order).toEqual(["handed back", "taken"]);
    expect(made).toHaveLength(1);
  });

  describe("is removed by the last turn of the run", () => {
    const asking = (file: string, turns = 1) => {
      const whole = path.join(folder, "test", "mesh", file);
      fs.mkdirSync(path.dirname(whole), { recursive: true });
      fs.writeFileSync(whole, "const seat = sharedSeat();\n".repeat(turns));
      return whole;
    };
    const turn = async (good: boolean) => (await take()).handBack(good);

    it("of several files, also of one that asks twice; who does not ask does not count", async () => {
      expectTurns(folder, [
        asking("a.test.ts"),
        asking("b.test.ts", 2),
        asking("c.test.ts", 0),
        path.resolve(__filename),
      ]);
      await turn(true);
      await turn(true);
      expect(removed).toEqual([]);
      await turn(true);
      expect([made.length, removed]).toEqual([1, made]);
      expect(fs.readdirSync(folder).filter((name) => /^checkout-|^lent$|^seat\.json$/.test(name))).toEqual([]);
    });

    it("whether the turns before it ended well, spoiled it, or ended with their worker", async () => {
      expectTurns(
        folder,
        ["a", "b", "c"].map((name) => asking(`${name}.test.ts`)),
      );
      await turn(false);
      const killed = await take();
      fs.copyFileSync(path.join(folder, "lent"), path.join(folder, "kept"));
      await killed.handBack(true);
      fs.writeFileSync(path.join(folder, "ended"), "1"); // it ended with its worker: nobody counted it
      fs.renameSync(path.join(folder, "kept"), path.join(folder, "lent"));
      await turn(true);
      expect([made.length, removed]).toEqual([3, made]);
    });

    it("or stays for the end of the run, where a filter leaves a file without a test", async () => {
      expectTurns(folder, [asking("a.test.ts"), asking("b.test.ts")]);
      await turn(true);
      expect(removed).toEqual([]);
    });
  });

  it("is removed when it was spoiled, and the next gets a new one", async () => {
    const one = await take();
    await one.handBack(false);
    expect(removed).toEqual([one.made.root]);
    const other = await take();
    expect(other.made.root).not.toBe(one.made.root);
    await other.handBack(true);
  });

  it("is removed when nobody handed it back, also when it was half-made", async () => {
    const half = fs.mkdtempSync(path.join(folder, "checkout-"));
    fs.writeFileSync(path.join(folder, "lent"), "1");
    const { made: whole, handBack } = await take();
    expect(removed).toEqual([half]);
    expect(made).toEqual([whole.root]);
    await handBack(true);
  });

  it("is nobody's after it could not be made, and the next tries again", async () => {
    const fails = lease(
      folder,
      (lab) => lab,
      () => Promise.reject(new Error("no room")),
      remove,
    );
    await expect(fails).rejects.toThrow("no room");
    await (await take()).handBack(true);
    expect(made).toHaveLength(1);
  });
});
