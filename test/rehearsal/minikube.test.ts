import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { freePorts } from "../../components/cluster/minikube/ports";
import { creation, expectUp, restart } from "../engine/minikube/expectations";
import { MinikubeLab } from "../engine/minikube/lab";
import { killWhen } from "../support/crash";

/** On the stand-in of minikube that test/engine/minikube.test.ts has, too. */
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

describe("up, killed with -9 while minikube makes the profile", () => {
  let lab: MinikubeLab;
  beforeAll(async () => {
    lab = await MinikubeLab.create("near");
    lab.configure({ lessons: ["temperature"] });
  });
  afterAll(async () => lab?.remove());

  const isBeingMade = () => lab.profiles().length === 1 && fs.existsSync(path.join(lab.home, "minikube", "seats", "istio-lab-dev", "seat.json"));

  it("down clears away what no state knows", async () => {
    await killWhen(lab.checkout, ["up", "--stack", "dev"], isBeingMade);
    expect(lab.profiles()).toHaveLength(1);
    await lab.checkout.ok("down", "--stack", "dev");
    expect(lab.profiles()).toEqual([]);
    expect(fs.existsSync(path.dirname(lab.kubeconfig))).toBe(false);
  });

  it("up goes on with the same profile", async () => {
    await killWhen(lab.checkout, ["up", "--stack", "dev"], isBeingMade);
    const before = lab.generation;
    lab.asked();
    expect((await lab.up()).all).toMatch(/A half-made profile istio-lab-dev was found: an earlier run was killed while it was being made\. It goes on from there\./);
    expect(lab.asked()).toEqual([creation()]);
    expect(lab.generation).toBe(before);
    expect(await expectUp(lab)).toBeGreaterThan(10);
    expect(lab.isUsersOwnUntouched()).toBe(true);
  });

  it("destroy ends well when the profile is gone already", async () => {
    await lab.minikube("delete", "--profile=istio-lab-dev");
    lab.asked();
    const { all } = await lab.checkout.ok("down", "--stack", "dev");
    expect(all).toMatch(/Resources:\s+- \d+ deleted/);
    expect(lab.asked()).toEqual([]);
  });
});

describe("a seat on minikube, where its nodes are not reached", () => {
  let lab: MinikubeLab;
  const outputs = async () => JSON.parse((await lab.checkout.pulumi("stack", "output", "--json")).stdout) as Record<string, unknown>;
  const published = () => lab.profiles().find(({ Name }) => Name === "istio-lab-dev")!.Config.ExposedPorts;

  beforeAll(async () => {
    lab = await MinikubeLab.create("apart");
    lab.configure({ lessons: ["temperature"] });
  });
  afterAll(async () => lab?.remove());

  it("has its node ports published on 127.0.0.1, at ports that are no other profile's, and its URLs lead there", async () => {
    // Where the search for this profile begins, as if another seat, stopped now, had come first.
    const first = await freePorts("istio-lab-dev", new Set());
    const other = { Name: "other", Config: { Name: "other", Driver: "docker", CPUs: 2, Memory: 2200, ExposedPorts: [`127.0.0.1:${first.http}:31380`], KubernetesConfig: { KubernetesVersion: "v1.33.1", APIServerNames: [] } }, standIn: { generation: "" } };
    fs.mkdirSync(path.join(lab.home, "minikube", "profiles"), { recursive: true });
    fs.writeFileSync(path.join(lab.home, "minikube", "profiles", "other.json"), JSON.stringify(other));
    await lab.up();
    await expectUp(lab);
    const { INGRESS_HOST, INGRESS_PORT, SECURE_INGRESS_PORT } = await outputs();
    expect(INGRESS_HOST).toBe("127.0.0.1");
    expect([first.http, first.https, first.kiali]).not.toContain(INGRESS_PORT);
    expect(published()).toEqual([`127.0.0.1:${INGRESS_PORT}:31380`, `127.0.0.1:${SECURE_INGRESS_PORT}:31390`, `127.0.0.1:${Number(SECURE_INGRESS_PORT) + 1}:31602`]);
  });

  it("another API port, as after a restart by hand, is noticed by preview and taken over by up, and no object is replaced", async () => {
    const before = { ...(await outputs()), generation: lab.generation };
    await lab.minikube("stop", "--profile=istio-lab-dev");
    await lab.minikube("start", "--profile=istio-lab-dev", "--kubernetes-version=v1.33.1", "--embed-certs");
    lab.asked();
    expect((await lab.preview()).all).toMatch(/The API of profile istio-lab-dev is not where its kubeconfig says: up looks it up again\./);
    const { all } = await lab.up();
    expect(lab.asked()).toEqual([restart]);
    expect(all).not.toMatch(/replace/);
    await expectUp(lab);
    expect({ ...(await outputs()), generation: lab.generation }).toEqual(before);
  });

  it("is destroyed", async () => {
    await lab.checkout.ok("down", "--stack", "dev");
    expect(lab.profiles().map(({ Name }) => Name)).toEqual(["other"]);
  });
});
