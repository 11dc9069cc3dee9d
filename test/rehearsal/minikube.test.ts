import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { readIfThere } from "../../base/files";
import { freePorts } from "../../components/cluster/minikube/ports";
import { installStandIn } from "../../embedded/provider/install";
import { killWhen } from "../support/crash";
import { creation, expectUp, remove, restart } from "./minikube/expectations";
import { MinikubeLab } from "./minikube/lab";

/** minikube here is the stand-in of minikube/stand-in.ts, whose machines are embedded seats: everything but minikube itself is real. Some tests make two clusters. */
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

describe("a seat on minikube, where its nodes are reached", () => {
  let lab: MinikubeLab;
  let made: number;
  beforeAll(async () => {
    lab = await MinikubeLab.create("near");
  });
  afterAll(async () => lab?.remove());

  it("the stack dev of the project previews before there is a cluster, and asks minikube for nothing", async () => {
    await installStandIn(path.join(lab.checkout.root, ".lab", "pulumi"));
    await lab.checkout.pulumi("stack", "init", "dev");
    const { all } = await lab.preview();
    for (const resource of [
      "Generation seat-generation",
      "Profile +seat-profile",
      "Endpoint +seat-endpoint",
      "Release +istio-istiod",
    ])
      expect(all).toMatch(new RegExp(`${resource} +create`));
    expect(all).not.toMatch(/error|warning/i);
    expect(lab.asked()).toEqual([]);
  });

  it("is not made where somebody else's profile has its name: by preflight, and by pulumi itself", async () => {
    lab.configure({ lessons: ["temperature"], addons: [] });
    await lab.minikube(
      "start",
      "--profile=istio-lab-dev",
      "--kubernetes-version=v1.33.1",
      "--cpus=2",
      "--memory=2200mb",
    );
    const before = lab.profiles();
    const [up, plain] = [
      await lab.checkout.run("up", "--stack", "dev"),
      await lab.checkout.run("pulumi", "up", "--yes", "--skip-preview", "--stack", "dev"),
    ];
    for (const ended of [up, plain]) {
      expect(ended.exitCode).not.toBe(0);
      expect(ended.all).toMatch(
        /minikube has a profile istio-lab-dev that was not made by this program; it is left alone\./,
      );
      expect(ended.all).not.toMatch(/\n\s+at .*\(.*:\d+:\d+\)/);
    }
    await lab.checkout.ok("down", "--stack", "dev");
    expect(lab.profiles()).toEqual(before);
    await lab.minikube("delete", "--profile=istio-lab-dev");
    lab.restoreUsersOwn();
    lab.asked();
  });

  it("is made, with a kubeconfig of its own", async () => {
    await lab.up();
    expect(lab.asked()).toEqual([creation()]);
    made = await expectUp(lab);
    expect(made).toBeGreaterThan(10);
    expect(await lab.checkout.output("INGRESS_PORT")).toBe("31380");
    expect(parse(fs.readFileSync(lab.kubeconfig, "utf8"))["current-context"]).toBe("istio-lab-dev");
    expect(lab.isUsersOwnUntouched()).toBe(true);
  });

  it("a second up changes nothing", async () => {
    const { all } = await lab.up();
    expect(all).toMatch(/Resources:\s+\d+ unchanged/);
    expect(lab.asked()).toEqual([]);
  });

  it("stopped by hand: preview says so, and up starts it with all in it", async () => {
    const before = lab.generation;
    await lab.minikube("stop", "--profile=istio-lab-dev");
    lab.asked();
    expect((await lab.preview()).all).toMatch(/Profile istio-lab-dev is stopped: up starts it again\./);
    expect(lab.asked()).toEqual([]);
    await lab.up();
    expect(lab.asked()).toEqual([restart]);
    expect(lab.generation).toBe(before);
    expect(await expectUp(lab)).toBe(made);
  });

  it("deleted by hand: preview says so, and up makes it anew with all in it", async () => {
    const before = lab.generation;
    await lab.minikube("delete", "--profile=istio-lab-dev");
    lab.asked();
    const { all } = await lab.preview();
    expect(all).toMatch(
      /Profile istio-lab-dev is gone: minikube no longer knows it\. It is recreated, with everything in it\./,
    );
    expect(all).toMatch(/Generation seat-generation .*replace/);
    await lab.up();
    expect(lab.asked()).toEqual([creation()]);
    expect(lab.generation).not.toBe(before);
    expect(await expectUp(lab)).toBe(made);
  });

  it("with other CPUs: preview says that it is another cluster and why, and up makes that one", async () => {
    lab.configure({ lessons: ["temperature"], addons: [], minikube: { cpus: 6 } });
    expect((await lab.preview()).all).toMatch(
      /Profile istio-lab-dev is deleted with everything in it, and istio-lab-dev is made: cpus \d+ → 6\./,
    );
    await lab.up();
    expect(lab.asked()).toEqual([remove, creation(6)]);
    expect(await expectUp(lab)).toBe(made);
  });

  it("destroyed with a second node: the profile, its network and its kubeconfig are gone, and the user's are what they were", async () => {
    await lab.minikube("node", "add", "--profile=istio-lab-dev");
    expect((await lab.up()).all).toMatch(/Resources:\s+\d+ unchanged/);
    lab.asked();
    expect(lab.networks()).toEqual(["istio-lab-dev"]);
    await lab.checkout.ok("down", "--stack", "dev");
    expect(lab.asked()).toEqual([remove]);
    expect(lab.profiles()).toEqual([]);
    expect(lab.networks()).toEqual([]);
    expect(fs.existsSync(path.dirname(lab.kubeconfig))).toBe(false);
    lab.restoreUsersOwn(); // of what the test itself did to it by `minikube delete`
    expect(lab.isUsersOwnUntouched()).toBe(true);
  });
});

describe("up, killed with -9 while minikube makes the profile", () => {
  let lab: MinikubeLab;
  beforeAll(async () => {
    lab = await MinikubeLab.create("near");
    lab.configure({ lessons: ["temperature"], addons: [] });
  });
  afterAll(async () => lab?.remove());

  const isBeingMade = () =>
    lab.profiles().length === 1 &&
    fs.existsSync(path.join(lab.home, "minikube", "seats", "istio-lab-dev", "seat.json"));

  it("down clears away what no state knows", async () => {
    await killWhen(lab.checkout, ["up", "--stack", "dev"], isBeingMade);
    expect(lab.profiles()).toHaveLength(1);
    await lab.checkout.ok("down", "--stack", "dev");
    expect(lab.profiles()).toEqual([]);
    expect(fs.existsSync(path.dirname(lab.kubeconfig))).toBe(false);
  });

  it("up deletes what is half-made, and begins again at once", async () => {
    await killWhen(lab.checkout, ["up", "--stack", "dev"], isBeingMade);
    const before = lab.generation;
    lab.asked();
    expect((await lab.up()).all).toMatch(
      /A half-made profile istio-lab-dev was found, because an earlier run was killed\. It is deleted and recreated\./,
    );
    expect(lab.asked()).toEqual([remove, creation()]);
    expect(lab.generation).toBe(before);
    expect(await expectUp(lab)).toBeGreaterThan(10);
    expect(lab.isUsersOwnUntouched()).toBe(true);
  });

  it("destroy ends well when the profile is gone already, and removes the network that its second node left", async () => {
    await lab.minikube("node", "add", "--profile=istio-lab-dev");
    await lab.minikube("delete", "--profile=istio-lab-dev");
    lab.asked();
    expect(lab.networks()).toEqual(["istio-lab-dev"]);
    const { all } = await lab.checkout.ok("down", "--stack", "dev");
    expect(all).toMatch(/Resources:\s+- \d+ deleted/);
    expect([lab.asked(), lab.networks()]).toEqual([[], []]);
  });
});

describe("a seat on minikube, where its nodes are not reached", () => {
  let lab: MinikubeLab;
  const outputs = async () =>
    JSON.parse((await lab.checkout.pulumi("stack", "output", "--json")).stdout) as Record<string, unknown>;
  const published = () => lab.profiles().find(({ Name }) => Name === "istio-lab-dev")!.Config.ExposedPorts;

  beforeAll(async () => {
    lab = await MinikubeLab.create("apart");
    lab.configure({ lessons: ["temperature"], addons: [] });
  });
  afterAll(async () => lab?.remove());

  it("has its node ports published on 127.0.0.1, at ports that are no other profile's, and its URLs lead there", async () => {
    // Where the search for this profile begins, as if another seat, stopped now, had come first.
    const first = await freePorts("istio-lab-dev", new Set());
    const other = {
      Name: "other",
      Config: {
        Name: "other",
        Driver: "docker",
        CPUs: 2,
        Memory: 2200,
        ExposedPorts: [`127.0.0.1:${first.http}:31380`],
        KubernetesConfig: { KubernetesVersion: "v1.33.1", APIServerNames: [] },
      },
      standIn: { generation: "" },
    };
    fs.mkdirSync(path.join(lab.home, "minikube", "profiles"), { recursive: true });
    fs.writeFileSync(path.join(lab.home, "minikube", "profiles", "other.json"), JSON.stringify(other));
    await lab.up();
    await expectUp(lab);
    const { INGRESS_HOST, INGRESS_PORT, SECURE_INGRESS_PORT } = await outputs();
    expect(INGRESS_HOST).toBe("127.0.0.1");
    expect([first.http, first.https, first.kiali]).not.toContain(INGRESS_PORT);
    expect(published()).toEqual([
      `127.0.0.1:${INGRESS_PORT}:31380`,
      `127.0.0.1:${SECURE_INGRESS_PORT}:31390`,
      `127.0.0.1:${Number(SECURE_INGRESS_PORT) + 1}:31602`,
    ]);
  });

  it("another API port, as after a restart by hand, is noticed by preview and taken over by up, and no object is replaced", async () => {
    const before = { ...(await outputs()), generation: lab.generation };
    await lab.minikube("stop", "--profile=istio-lab-dev");
    await lab.minikube("start", "--profile=istio-lab-dev", "--kubernetes-version=v1.33.1", "--embed-certs");
    lab.asked();
    expect((await lab.preview()).all).toMatch(
      /The API of profile istio-lab-dev is not where its kubeconfig says: up looks it up again\./,
    );
    const { all } = await lab.up();
    expect(lab.asked()).toEqual([restart]);
    expect(all).not.toMatch(/replace/);
    await expectUp(lab);
    expect({ ...(await outputs()), generation: lab.generation }).toEqual(before);
  });

  it("is destroyed, also where down is killed between minikube's delete and that of the network", async () => {
    const others = () => lab.profiles().map(({ Name }) => Name);
    await lab.minikube("node", "add", "--profile=istio-lab-dev");
    lab.asked();
    lab.holdNetworks(true);
    const isDeleted = () =>
      others().length === 1 && !(readIfThere(lab.kubeconfig) ?? "istio-lab-dev").includes("istio-lab-dev");
    await killWhen(lab.checkout, ["down", "--stack", "dev"], isDeleted);
    lab.holdNetworks(false);
    expect([lab.asked(), others(), lab.networks()]).toEqual([[remove], ["other"], ["istio-lab-dev"]]);
    await lab.checkout.ok("down", "--stack", "dev");
    expect([lab.asked(), others(), lab.networks()]).toEqual([[], ["other"], []]);
    expect(fs.existsSync(path.dirname(lab.kubeconfig))).toBe(false);
  });
});
