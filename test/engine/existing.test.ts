import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import type { Finding } from "../../components/cluster/finding";
import { Checkout } from "../support/checkout";
import { killWhen } from "../support/crash";
import { crowd, foreignIstio, guests, kong, leftIstio, oldCertificate, shop } from "../support/foreign";
import { get, until } from "../support/http";
import { expectEverythingAlive } from "../support/live";
import { Classroom } from "../support/roster";
import { SomebodysCluster } from "../support/somebodys-cluster";
import { leakOf } from "../unit/secrets/spellings";

const STACK = "shared";
const CONFIG = `Pulumi.${STACK}.yaml`;
const SECRET = 'zQ7-"hunter2"-xJ9';
const NOBODY = "https://127.0.0.1:9";

/** The seat in a cluster that was there before it, and is there after it. That cluster is real; its load balancer is the test's own hand. */
describe("target existing", () => {
  let lab: Checkout;
  let cluster: SomebodysCluster;
  beforeAll(async () => {
    lab = await Checkout.create();
    cluster = await SomebodysCluster.start(lab.seatFolder("somebodys"));
    fs.copyFileSync(path.join(lab.root, "Pulumi.embedded.yaml"), path.join(lab.root, CONFIG));
    configure({ target: "existing", lessons: ["bookinfo"], addons: [] });
    existing();
  });
  afterAll(async () => {
    await lab?.remove();
    await SomebodysCluster.leaveNetwork();
  });

  function configure(keys: Record<string, unknown>): void {
    const config = parseDocument(fs.readFileSync(path.join(lab.root, CONFIG), "utf8"));
    for (const [key, value] of Object.entries(keys)) config.setIn(["config", `istio-lab:${key}`], value);
    fs.writeFileSync(path.join(lab.root, CONFIG), String(config));
  }
  const existing = (changes: object = {}) => configure({ existing: { kubeconfig: ".lab/seats/somebodys/kubeconfig", ...changes } });
  const file = (name: string, text: string) => {
    fs.writeFileSync(path.join(lab.root, name), text, { mode: 0o600 });
    return name;
  };
  const preview = (...args: string[]) => lab.run("pulumi", "preview", "--non-interactive", ...args);

  /** What the preflight refuses or has to say, as `status name: seen`. */
  async function preflight(...args: string[]): Promise<string[]> {
    const ended = await lab.run("preflight", "--stack", STACK, "--json", ...args);
    const { findings, refused } = JSON.parse(ended.stdout.slice(ended.stdout.indexOf("{"))) as { findings: Finding[]; refused: boolean };
    expect(ended.exitCode, ended.all).toBe(refused ? 1 : 0);
    return findings.filter(({ status }) => status !== "ok").map(({ name, status, seen }) => `${status} ${name}: ${seen}`);
  }

  const madeSoFar = async () => [await cluster.names("namespaces"), await cluster.names("customresourcedefinitions")];

  describe("before anything is made", () => {
    it("the preflight has nothing against an empty cluster", async () => {
      expect(await preflight()).toEqual([]);
    });

    it("a context that is not there is refused by preview, which names those that are", async () => {
      existing({ context: "prod" });
      const refused = await preview();
      expect(refused.exitCode).not.toBe(0);
      expect(refused.all).toContain('istio-lab:existing.context: .lab/seats/somebodys/kubeconfig has no context "prod"; there are istio-lab');
      expect(refused.all).not.toMatch(/\n\s+at .*:\d+:\d+/);
    });

    it("before the cluster answers up is refused in a sentence, and preview works and names where the seat will be", async () => {
      const own = fs.readFileSync(cluster.seat.kubeconfig, "utf8");
      existing({ kubeconfig: file("elsewhere.yaml", own.replace(/server: .*/, `server: ${NOBODY}`)) });
      const refused = await lab.run("up", "--stack", STACK);
      expect(refused.exitCode).toBe(1);
      expect(refused.all).toMatch(/Stack shared cannot be made as it is; nothing has been changed:\n {2}refused {2}cluster {2}context istio-lab .*127\.0\.0\.1:9 does not answer: connect ECONNREFUSED/);
      const planned = await preview();
      expect(planned.exitCode, planned.all).toBe(0);
      expect(planned.all).toContain(`The seat is in the cluster of context istio-lab (elsewhere.yaml), ${NOBODY}.`);
      existing();
    });

    it("everything that is in the way is named at once, by the preflight, by up, and by a plain `pulumi up`; nothing is made", async () => {
      existing();
      await cluster.apply(...kong, ...foreignIstio, ...leftIstio, ...crowd);
      const before = await madeSoFar();
      const said = await preflight();
      expect(said.map((line) => line.split(":")[0])).toEqual(["refused Istio", "refused NodePort 31380", "refused NodePort 31602", "refused namespaces", "refused room"]);
      expect(said[0]).toMatch(/mesh\/istiod-1-28; ClusterRole istiod-clusterrole-istio-system; ValidatingWebhookConfiguration istio-validator-istio-system$/);
      expect(said[1]).toContain("Service kong/kong-proxy (LoadBalancer) holds it");
      expect(said[3]).toContain("istio-ingress: there already");

      const up = await lab.run("up", "--stack", STACK);
      expect(up.exitCode).toBe(1);
      for (const name of ["Istio", "NodePort 31602", "namespaces", "room"]) expect(up.all).toMatch(new RegExp(`refused {2}${name} `));
      expect(up.all).toContain("npm run preflight -- --release-lb kong/kong-proxy");
      expect(up.all).not.toMatch(/Updating|\n\s+at .*:\d+:\d+/);

      const plain = await lab.run("pulumi", "up", "--yes", "--skip-preview", "--non-interactive");
      expect(plain.exitCode).not.toBe(0);
      expect(plain.all).toContain("The cluster of context istio-lab cannot have this seat:");
      expect(plain.all).toMatch(/- Istio: .*mesh\/istiod-1-28[^]*- NodePort 31380: .*kong\/kong-proxy/);
      expect(plain.all).not.toMatch(/\n\s+at .*:\d+:\d+/);
      expect(await madeSoFar()).toEqual(before);
      await cluster.delete(...foreignIstio, ...crowd);
    });

    it("what an Istio has left is named, with the command that takes it away", async () => {
      const { all } = await lab.run("preflight", "--stack", STACK);
      const command = /No istiod is there: .* If nobody uses them: `kubectl (.*)`/.exec(all)?.[1] ?? "";
      expect(command).toBe("delete clusterrole/istiod-clusterrole-istio-system validatingwebhookconfiguration/istio-validator-istio-system");
      await cluster.kubectl(...command.split(" "));
    });

    it("a user who may only look is refused, with what is missing", async () => {
      existing({ kubeconfig: file("onlooker.yaml", await cluster.onlooker()) });
      const said = await preflight();
      expect(said).toHaveLength(1);
      expect(said[0]).toMatch(/^refused rights: the kubeconfig's user may not: namespaces \(watch, create, patch, delete\); configmaps \(get, list, .*customresourcedefinitions\.apiextensions\.k8s\.io \(.*nodes \(list\)/);
      const plain = await lab.run("pulumi", "up", "--yes", "--skip-preview", "--non-interactive");
      expect(plain.exitCode).not.toBe(0);
      expect(plain.all).toMatch(/cannot have this seat:\n\s*- rights: the kubeconfig's user may not: namespaces/);
    });

    it("kong-proxy on the node's own address is in the way of a LoadBalancer; it is released on request, and put back as it was", async () => {
      const spec = async () => (await cluster.get<{ spec: unknown }>("service", "-n", "kong", "kong-proxy")).spec;
      const before = await spec();
      await cluster.giveAddress("kong/kong-proxy", cluster.seat.address);
      existing({ serviceType: "LoadBalancer" });
      expect(await preflight()).toContain(`refused external address: Service kong/kong-proxy holds ${cluster.seat.address}, an address of the node itself, on port 80, 443`);

      expect(await preflight("--release-lb", "kong/kong-proxy")).toEqual([]);
      expect(await spec()).toMatchObject({ type: "ClusterIP" });
      const again = await lab.run("preflight", "--release-lb", "kong/kong-proxy");
      expect(again.all.trim()).toBe("--release-lb kong/kong-proxy: it is released already. `--restore-lb kong/kong-proxy` puts it back.");

      await lab.run("preflight", "--restore-lb");
      expect(await spec()).toEqual(before);
      expect((await lab.run("preflight", "--restore-lb", "kong/kong-proxy")).all.trim()).toBe("--restore-lb kong/kong-proxy: it was not released.");
      await lab.ok("preflight", "--release-lb", "kong/kong-proxy");
    });
  });

  describe("the seat", () => {
    const note = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" } });

    it("is up on node ports, after a run that was killed while it waited for pods, and a second up has nothing to do", async () => {
      existing();
      await lab.pulumi("config", "set", "--stack", STACK, "--secret", "--path", "istio-lab:istio.values.istiod.podAnnotations.lab-note", SECRET);
      await cluster.apply(note("before-the-seat"));
      await killWhen(lab, ["up", "--stack", STACK], (printed) => /Deployment bookinfo-\S+ creating .*Waiting for app ReplicaSet/.test(printed));
      const up = await lab.ok("up", "--stack", STACK);
      expect(up.all).toMatch(/An earlier run was killed while it worked on .*Deployment default\/\S+: there, and taken into the state/);
      expect(up.all).not.toMatch(/replac/);
      expect(up.all).toContain("The seat is in the cluster of context istio-lab");
      await expectEverythingAlive(lab);
      const url = await lab.output("GATEWAY_URL");
      expect(url).toBe(`http://${cluster.seat.address}:31380`);
      expect((await get(`${url}/productpage`)).body).toContain("Simple Bookstore Application");
      const again = await lab.ok("up", "--stack", STACK);
      expect(again.all).toMatch(/Resources:\n\s+\d+ unchanged\n/);
      await lab.pulumi("preview", "--expect-no-changes");
    });

    it("has drifted in nothing by what was in its namespace before it; what came there since may be somebody's, and is not reset by a plain yes", async () => {
      const room = new Classroom(lab, { config: { target: "existing" }, seats: [{ seat: STACK, trainee: "Ada Lovelace" }] });
      await lab.pulumi("stack", "tag", "set", "istio-lab:class", room.name, "--stack", STACK);
      expect((await room.ok("drift")).stdout).toContain(`1 seat as made: ${STACK}`);
      await cluster.apply(note("since-the-seat"));
      // The stack was tagged by hand: which class that is, is said once.
      const unknown = await room.run("reset", "--seat", STACK, "--lesson", "bookinfo", "--yes");
      const printed = /npm run class -- (reset .*--class-id \S+)$/m.exec(unknown.all)![1]!.split(" ");
      const refused = await lab.run("class", ...printed);
      expect(refused.exitCode).toBe(1);
      expect(refused.all).toMatch(/Nothing has been done\.\nIn a namespace that was there before the seat, and perhaps somebody else's: ConfigMap default\/since-the-seat\./);
      expect(await cluster.names("configmaps", "-n", "default")).toEqual(expect.arrayContaining(["before-the-seat", "since-the-seat"]));
      await cluster.delete(note("since-the-seat"), note("before-the-seat"));
    });

    it("its kubeconfig, and what of its config came as a secret, is nowhere in the state or another file in clear; the cluster has it", async () => {
      expect(await cluster.kubectl("get", "deployment", "istiod", "-n", "istio-system", "-o", "jsonpath={.spec.template.metadata.annotations.lab-note}")).toBe(SECRET);
      expect(leakOf(SECRET, (await lab.pulumi("stack", "export")).stdout)).toBeUndefined();
      const own = fs.readdirSync(path.join(lab.root, ".lab"), { recursive: true, encoding: "utf8" }).filter((name) => !/^(seats|charts|pulumi)(\/|$)/.test(name)).map((name) => path.join(lab.root, ".lab", name));
      expect(own.filter((name) => fs.statSync(name).isFile() && leakOf(SECRET, fs.readFileSync(name, "utf8")) !== undefined)).toEqual([]);
      expect([".lab", ".lab/seats/somebodys"].map((name) => fs.statSync(path.join(lab.root, name)).mode & 0o777)).toEqual([0o700, 0o700]);
      const key = /client-key-data: (\S+)/.exec(fs.readFileSync(cluster.seat.kubeconfig, "utf8"))![1]!;
      expect((await lab.pulumi("stack", "export")).stdout).not.toContain(key.slice(20, 80));
    });

    it("moves to the address that a load balancer gives", async () => {
      existing({ serviceType: "LoadBalancer" });
      const up = lab.ok("up", "--stack", STACK);
      const waiting = async () => (await cluster.get<{ spec: { type: string } }>("service", "-n", "istio-ingress", "istio-ingressgateway")).spec.type;
      await until("the Service to wait for an address", 120, waiting, (type) => type === "LoadBalancer");
      await cluster.giveAddress("istio-ingress/istio-ingressgateway", cluster.seat.address);
      await up;
      expect(await lab.output("GATEWAY_URL")).toBe(`http://${cluster.seat.address}:80`);
      expect((await get(`${await lab.output("GATEWAY_URL")}/productpage`)).body).toContain("Simple Bookstore Application");
      await lab.pulumi("preview", "--expect-no-changes");
    });
  });

  describe("its cluster, lost", () => {
    it("is not forgotten while it answers", async () => {
      const refused = await lab.run("down", "--stack", STACK, "--cluster-is-gone");
      expect(refused.exitCode).toBe(1);
      expect(refused.all).toMatch(/--cluster-is-gone: the cluster of stack shared answers\. `npm run down -- --stack shared` deletes/);
    });

    it("while it is off: preview is green and says so, down is refused with what to do, and the state keeps everything", async () => {
      await cluster.stop();
      const planned = await preview("--expect-no-changes");
      expect(planned.exitCode, planned.all).toBe(0);
      expect(planned.all).toMatch(/does not answer: .* What is in the cluster cannot be compared/);
      const refused = await lab.run("down", "--stack", STACK);
      expect(refused.exitCode).toBe(1);
      expect(refused.all).toMatch(/does not answer: [^]*Nothing has been deleted: [^]*npm run down -- --stack shared --cluster-is-gone/);
      expect(refused.all).not.toMatch(/Destroying|\n\s+at .*:\d+:\d+/);
      expect((await lab.pulumi("stack", "export")).stdout).toContain("istio-istiod");
    });

    it("gone for good: down --cluster-is-gone ends well and leaves an empty state", async () => {
      await cluster.remove();
      const before = (await lab.pulumi("stack", "export")).stdout;
      const down = await lab.ok("down", "--stack", STACK, "--cluster-is-gone");
      expect(down.all).toMatch(/Stack shared has forgotten its \d+ resources/);
      expect(JSON.parse((await lab.pulumi("stack", "export")).stdout).deployment.resources ?? []).toEqual([]);
      file("before.json", before);
      await lab.pulumi("stack", "import", "--file", "before.json");
    });

    it("in its place another one: preview and up refuse it, up --heal makes the seat anew in it", async () => {
      cluster = await SomebodysCluster.start(lab.seatFolder("somebodys"));
      await cluster.apply(...oldCertificate);
      existing();
      configure({ gatewayApi: true });
      expect((await preview()).all).toMatch(/The context istio-lab leads to another cluster than the one this stack's seat is in/);
      const refused = await lab.run("up", "--stack", STACK);
      expect(refused.exitCode).toBe(1);
      expect(refused.all).toMatch(/refused {2}cluster {2}.*: another one than the seat of this stack is in/);
      expect(await cluster.names("namespaces")).not.toContain("istio-system");

      await lab.ok("up", "--stack", STACK, "--heal");
      expect(await cluster.names("deployments", "-n", "default")).toEqual(["details-v1", "productpage-v1", "ratings-v1", "reviews-v1", "reviews-v2", "reviews-v3"]);
      expect((await get(`${await lab.output("GATEWAY_URL")}/productpage`)).body).toContain("Simple Bookstore Application");
      await lab.pulumi("preview", "--expect-no-changes");
    });
  });

  describe("down", () => {
    it("takes nothing along that others have put into its namespaces: it is named, until it is to be taken along", async () => {
      await cluster.apply(...guests, ...shop);
      const refused = await lab.run("down", "--stack", STACK);
      expect(refused.exitCode).toBe(1);
      const named = /would go what it has not made:\n([^]*?)\nMove it elsewhere, or take it along: `npm run down -- --stack shared --with-foreign`/.exec(refused.all)?.[1];
      expect(named?.replace(/ \(kubectl\S*, since \S+\)/g, "").split("\n")).toEqual(["  ConfigMap istio-ingress/notes", "  PersistentVolumeClaim istio-system/data with its data", "  Secret istio-ingress/token"]);
      expect(await cluster.names("secrets", "-n", "istio-ingress")).toContain("token");
    });

    it("takes no kind away that others use: they are named before anything is deleted, and by a plain destroy at its end", async () => {
      const refused = await lab.run("down", "--stack", STACK, "--with-foreign");
      expect(refused.exitCode).toBe(1);
      expect(refused.all).toMatch(/Nothing has been deleted\. The kinds that this seat has brought are used by others: (VirtualService shop\/checkout, HTTPRoute shop\/cart|HTTPRoute shop\/cart, VirtualService shop\/checkout)\./);
      expect(await cluster.names("deployments", "-n", "istio-system")).toEqual(["istiod"]);

      const plain = await lab.run("pulumi", "destroy", "--yes", "--skip-preview", "--non-interactive");
      expect(plain.exitCode).not.toBe(0);
      expect(plain.all).toMatch(/are used by others: .*shop\/cart/);
      expect(await cluster.names("virtualservices", "-n", "shop")).toEqual(["checkout"]);
      expect(await cluster.names("httproutes", "-n", "shop")).toEqual(["cart"]);
    });

    it("leaves what was there before, and nothing else", async () => {
      await cluster.delete(...shop);
      await lab.ok("down", "--stack", STACK);
      expect(await cluster.names("customresourcedefinitions")).toEqual([]);
      expect((await cluster.get<{ metadata: { labels: object } }>("namespace", "default")).metadata.labels).toEqual({ "kubernetes.io/metadata.name": "default" });
      expect(await cluster.names("namespaces")).toEqual(["default", "kube-node-lease", "kube-public", "kube-system", "tenant"]);
      expect(await cluster.names("configmaps", "-n", "default")).toEqual(["kube-root-ca.crt", "notes"]);
      for (const kind of ["mutatingwebhookconfigurations", "validatingwebhookconfigurations", "validatingadmissionpolicies"]) expect(await cluster.names(kind), kind).toEqual([]);
      expect((await cluster.names("clusterroles")).filter((name) => /istio/.test(name))).toEqual([]);
      const { items } = await cluster.get("configmaps", "-A");
      expect(items.filter(({ metadata: { name } }) => /istio/.test(name)).map(({ metadata: { namespace, name } }) => `${namespace}/${name}`)).toEqual(["tenant/istio-ca-root-cert"]);
    });
  });
});
