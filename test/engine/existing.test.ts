import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import type { Finding } from "../../components/cluster/finding";
import { releaseLoadBalancer } from "../../cli/preflight/load-balancer";
import { isKnownByName, type ClusterKind } from "../../components/cluster/existing/inventory";
import { Api, manifestObjects, unpack, type RecordSecret } from "../../kube";
import { barePulumi, type BarePulumi } from "../support/bare-pulumi";
import { Checkout } from "../support/checkout";
import { crowd, foreignIstio, guests, kong, leftIstio, oldCertificate, shop } from "../support/foreign";
import { conversion, get, until } from "../support/http";
import { expectEverythingAlive } from "../support/live";
import { Classroom } from "../support/roster";
import { SomebodysCluster } from "../support/somebodys-cluster";
import { leakOf } from "../unit/secrets/spellings";

const STACK = "shared";
const CONFIG = `Pulumi.${STACK}.yaml`;
const SECRET = 'zQ7-"hunter2"-xJ9';
const NOBODY = "https://127.0.0.1:9";

/**
 * The seat in a cluster that was there before it, and is there after it. That cluster is real; its load balancer is the test's own hand. Each start of a
 * command costs seconds: what several of them refuse alike is asked of one, and test/unit/existing and test/unit/preflight have each rule and each text.
 * Runs that are killed here are `npm run rehearse -- kills`.
 */
describe("target existing", () => {
  let lab: Checkout;
  let pulumi: BarePulumi;
  let cluster: SomebodysCluster;
  beforeAll(async () => {
    lab = await Checkout.create();
    cluster = await SomebodysCluster.start(lab.seatFolder("somebodys"));
    fs.copyFileSync(path.join(lab.root, "Pulumi.embedded.yaml"), path.join(lab.root, CONFIG));
    configure({ target: "existing", lessons: ["bookinfo"], addons: [], gatewayApi: true });
    existing();
    pulumi = await barePulumi(lab);
    await pulumi("stack", "select", "--create", STACK);
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
  const existing = (changes: object = {}) =>
    configure({ existing: { kubeconfig: ".lab/seats/somebodys/kubeconfig", ...changes } });
  const file = (name: string, text: string) => {
    fs.writeFileSync(path.join(lab.root, name), text, { mode: 0o600 });
    return name;
  };

  /** What the preflight refuses or has to say, as `status name: seen`; with what to do behind it. */
  async function preflight(...args: string[]): Promise<string[]> {
    const ended = await lab.run("preflight", "--stack", STACK, "--json", ...args);
    const { findings, refused } = JSON.parse(ended.stdout.slice(ended.stdout.indexOf("{"))) as {
      findings: Finding[];
      refused: boolean;
    };
    expect(ended.exitCode, ended.all).toBe(refused ? 1 : 0);
    return findings
      .filter(({ status }) => status !== "ok")
      .map(({ name, status, seen, todo }) => `${status} ${name}: ${seen}${todo === undefined ? "" : ` → ${todo}`}`);
  }

  const madeSoFar = async () => [await cluster.names("namespaces"), await cluster.names("customresourcedefinitions")];

  describe("before anything is made", () => {
    it("before the cluster answers up is refused in a sentence, and preview works and names where the seat will be", async () => {
      const own = fs.readFileSync(cluster.seat.kubeconfig, "utf8");
      existing({ kubeconfig: file("elsewhere.yaml", own.replace(/server: .*/, `server: ${NOBODY}`)) });
      const refused = await lab.run("up", "--stack", STACK);
      expect(refused.exitCode).toBe(1);
      expect(refused.all).toMatch(
        /Stack shared cannot be made yet. Nothing has been changed:\n {2}refused {2}cluster {2}context istio-lab .*127\.0\.0\.1:9 does not answer: connect ECONNREFUSED/,
      );
      expect((await pulumi("preview")).all).toContain(
        `The seat is in the cluster of context istio-lab (elsewhere.yaml), ${NOBODY}.`,
      );
    });

    it("everything that is in the way is named at once, by up, and by a plain `pulumi up`; nothing is made", async () => {
      existing();
      await cluster.apply(...kong, ...foreignIstio, ...leftIstio, ...crowd);
      const before = await madeSoFar();

      const up = await lab.run("up", "--stack", STACK);
      expect(up.exitCode).toBe(1);
      expect(up.all).not.toMatch(/Updating|\n\s+at .*:\d+:\d+/);
      const said = [...up.all.matchAll(/^ {2}(refused|notice) {2,}(\S.*?) {2,}(.*)$/gm)].map(
        ([, status, name, seen]) => ({ told: `${status} ${name}`, seen: seen! }),
      );
      expect(said.map(({ told }) => told)).toEqual([
        "refused Istio",
        "refused NodePort 31380",
        "refused NodePort 31602",
        "refused namespaces",
        "refused room",
      ]);
      expect(said[0]!.seen).toMatch(
        /mesh\/istiod-1-28; ClusterRole istiod-clusterrole-istio-system; ValidatingWebhookConfiguration istio-validator-istio-system$/,
      );
      expect(said[1]!.seen).toContain("Service kong/kong-proxy (LoadBalancer) holds it");
      expect(said[3]!.seen).toContain("istio-ingress: there already");
      expect(up.all).toContain("npm run preflight -- --stack shared --release-lb kong/kong-proxy");

      const plain = await lab.run("pulumi", "up", "--yes", "--skip-preview", "--non-interactive");
      expect(plain.exitCode).not.toBe(0);
      expect(plain.all).toContain("The cluster of context istio-lab cannot have this seat:");
      expect(plain.all).toMatch(/- Istio: .*mesh\/istiod-1-28[^]*- NodePort 31380: .*kong\/kong-proxy/);
      expect(plain.all).not.toMatch(/\n\s+at .*:\d+:\d+/);
      expect(await madeSoFar()).toEqual(before);
      await cluster.delete(...foreignIstio, ...crowd);
    });

    it("a user who may only look is refused, with what is missing", async () => {
      existing({ kubeconfig: file("onlooker.yaml", await cluster.onlooker()) });
      const plain = await lab.run("pulumi", "up", "--yes", "--skip-preview", "--non-interactive");
      expect(plain.exitCode).not.toBe(0);
      expect(plain.all).toMatch(
        /cannot have this seat:\n\s*- rights: the kubeconfig's user may not: namespaces \(watch, create, patch, delete\); configmaps \(get, list, .*customresourcedefinitions\.apiextensions\.k8s\.io \(.*nodes \(list\)/,
      );
      expect(plain.all.match(/^\s*- .*: /gm), "what could not be seen is not judged").toHaveLength(1);
    });

    it("what an Istio has left is named with the command that takes it away; kong-proxy on the node's own address is released on request, and put back as it was", async () => {
      const spec = async () => (await cluster.get<{ spec: unknown }>("service", "-n", "kong", "kong-proxy")).spec;
      const before = await spec();
      await cluster.giveAddress("kong/kong-proxy", cluster.seat.address);
      existing({ serviceType: "LoadBalancer" });
      const said = await preflight();
      expect(said).toContainEqual(
        expect.stringMatching(
          `^refused external address: Service kong/kong-proxy holds ${cluster.seat.address}, an address of the node itself, on port 80, 443`,
        ),
      );
      const command = /There is no istiod: .* If nobody uses them: `kubectl (.*)`/.exec(said.join("\n"))?.[1] ?? "";
      expect(command).toBe(
        "delete clusterrole/istiod-clusterrole-istio-system validatingwebhookconfiguration/istio-validator-istio-system",
      );
      await cluster.kubectl(...command.split(" "));

      expect(await preflight("--release-lb", "kong/kong-proxy")).toEqual([]);
      expect(await spec()).toMatchObject({ type: "ClusterIP" });
      await lab.run("preflight", "--restore-lb", "kong/kong-proxy");
      expect(await spec()).toEqual(before);
      await releaseLoadBalancer(new Api(fs.readFileSync(cluster.seat.kubeconfig, "utf8")), "kong/kong-proxy", "shared");
    });
  });

  describe("the seat", () => {
    const note = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" } });

    it("is up on node ports, and a second up has nothing to do", async () => {
      existing();
      await pulumi(
        "config",
        "set",
        "--stack",
        STACK,
        "--secret",
        "--path",
        "istio-lab:istio.values.istiod.podAnnotations.lab-note",
        SECRET,
      );
      await cluster.apply(note("before-the-seat"), ...oldCertificate);
      const up = await lab.ok("up", "--stack", STACK);
      expect(up.all).toContain("The seat is in the cluster of context istio-lab");
      // By the Gateway API istiod makes the gateway, and not a release.
      await expectEverythingAlive(lab, ["gateway-api", "istio-base", "istiod"]);
      const url = (await pulumi("stack", "output", "GATEWAY_URL")).stdout.trim();
      expect(url).toBe(`http://${cluster.seat.address}:31380`);
      expect((await get(`${url}/productpage`)).body).toContain("Simple Bookstore Application");
      const again = await lab.ok("up", "--stack", STACK);
      expect(again.all).toMatch(/Resources:\n\s+\d+ unchanged\n/);
    });

    it("has nothing cluster-wide of Istio's charts that a first preflight would not know by its name", async () => {
      const api = new Api(fs.readFileSync(cluster.seat.kubeconfig, "utf8"));
      const records = await api.list<RecordSecret>("/api/v1/secrets?labelSelector=owner%3Dhelm");
      const rendered = records
        .flatMap((record) => manifestObjects(unpack(record).manifest ?? ""))
        .filter(({ kind }) =>
          /^(ClusterRole|ClusterRoleBinding|(Mutating|Validating)WebhookConfiguration)$/.test(kind),
        );
      expect(rendered.length).toBeGreaterThan(6);
      const unknown = rendered.filter(({ kind, metadata }) => !isKnownByName(kind as ClusterKind, metadata.name));
      expect(unknown.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([]);
    });

    it("has drifted in nothing by what was in its namespace before it; what came there since may be somebody's, and is not reset by a plain yes", async () => {
      const room = new Classroom(lab, {
        config: { target: "existing" },
        seats: [{ seat: STACK, trainee: "Ada Lovelace" }],
      });
      await pulumi("stack", "tag", "set", "istio-lab:class", room.name, "--stack", STACK);
      expect((await room.ok("drift")).stdout).toContain(`1 seat as made: ${STACK}`);
      await cluster.apply(note("since-the-seat"));
      // The stack was tagged by hand: which class that is, is said once.
      const { id } = JSON.parse(fs.readFileSync(path.join(room.folder, "class.json"), "utf8")) as { id: string };
      const refused = await room.run("reset", "--seat", STACK, "--lesson", "bookinfo", "--yes", "--class-id", id);
      expect(refused.exitCode).toBe(1);
      expect(refused.all).toMatch(
        /Nothing has been done\.\nIn a namespace that existed before the seat, and perhaps somebody else's: ConfigMap default\/since-the-seat\./,
      );
      expect(await cluster.names("configmaps", "-n", "default")).toEqual(
        expect.arrayContaining(["before-the-seat", "since-the-seat"]),
      );
      await cluster.delete(note("since-the-seat"), note("before-the-seat"));
    });

    it("its kubeconfig, and what of its config came as a secret, is nowhere in the state or another file in clear; the cluster has it", async () => {
      expect(
        await cluster.kubectl(
          "get",
          "deployment",
          "istiod",
          "-n",
          "istio-system",
          "-o",
          "jsonpath={.spec.template.metadata.annotations.lab-note}",
        ),
      ).toBe(SECRET);
      const state = (await pulumi("stack", "export")).stdout;
      expect(leakOf(SECRET, state)).toBeUndefined();
      const own = fs
        .readdirSync(path.join(lab.root, ".lab"), { recursive: true, encoding: "utf8" })
        .filter((name) => !/^(seats|charts|pulumi)(\/|$)/.test(name))
        .map((name) => path.join(lab.root, ".lab", name));
      expect(
        own.filter((name) => fs.statSync(name).isFile() && leakOf(SECRET, fs.readFileSync(name, "utf8")) !== undefined),
      ).toEqual([]);
      expect(
        [".lab", ".lab/seats/somebodys"].map((name) => fs.statSync(path.join(lab.root, name)).mode & 0o777),
      ).toEqual([0o700, 0o700]);
      const key = /client-key-data: (\S+)/.exec(fs.readFileSync(cluster.seat.kubeconfig, "utf8"))![1]!;
      expect(state).not.toContain(key.slice(20, 80));
    });

    it("moves to the address that a load balancer gives", async () => {
      existing({ serviceType: "LoadBalancer" });
      const up = lab.ok("up", "--stack", STACK);
      const waiting = async () =>
        (await cluster.get<{ spec: { type: string } }>("service", "-n", "istio-ingress", "istio-ingressgateway")).spec
          .type;
      await until("the Service to wait for an address", 240, waiting, (type) => type === "LoadBalancer");
      await cluster.giveAddress("istio-ingress/istio-ingressgateway", cluster.seat.address);
      await up;
      const url = (await pulumi("stack", "output", "GATEWAY_URL")).stdout.trim();
      expect(url).toBe(`http://${cluster.seat.address}:80`);
      expect((await get(`${url}/productpage`)).body).toContain("Simple Bookstore Application");
      await pulumi("preview", "--expect-no-changes");
    });
  });

  /** The seat's state as it is before the seat is taken away: with it the stack has a seat again whose cluster is lost. */
  let seated: string;

  describe("down", () => {
    it("takes nothing along that others have put into its namespaces: it is named, until it is to be taken along", async () => {
      seated = (await pulumi("stack", "export")).stdout;
      await cluster.apply(...guests, ...shop);
      const refused = await lab.run("down", "--stack", STACK);
      expect(refused.exitCode).toBe(1);
      const named =
        /would also delete what it did not make:\n([^]*?)\nMove it elsewhere, or delete it too: `npm run down -- --stack shared --with-foreign`/.exec(
          refused.all,
        )?.[1];
      expect(named?.replace(/ \(kubectl\S*, since \S+\)/g, "").split("\n")).toEqual([
        "  ConfigMap istio-ingress/notes",
        "  PersistentVolumeClaim istio-system/data with its data",
        "  Secret istio-ingress/token",
      ]);
      expect(await cluster.names("secrets", "-n", "istio-ingress")).toContain("token");
    });

    it("takes no kind away that others use: they are named before anything is deleted, and by a plain destroy at its end", async () => {
      const refused = await lab.run("down", "--stack", STACK, "--with-foreign");
      expect(refused.exitCode).toBe(1);
      expect(refused.all).toMatch(
        /Nothing has been deleted\. Others use the kinds that this seat brought: (VirtualService shop\/checkout, HTTPRoute shop\/cart|HTTPRoute shop\/cart, VirtualService shop\/checkout)\./,
      );
      expect(await cluster.names("deployments", "-n", "istio-system")).toEqual(["istiod"]);

      const plain = await lab.run("pulumi", "destroy", "--yes", "--skip-preview", "--non-interactive");
      expect(plain.exitCode).not.toBe(0);
      expect(plain.all).toMatch(/Others use the kinds .*shop\/cart/);
      expect(await cluster.names("virtualservices", "-n", "shop")).toEqual(["checkout"]);
      expect(await cluster.names("httproutes", "-n", "shop")).toEqual(["cart"]);
    });

    it("leaves what was there before, and nothing else", async () => {
      await cluster.delete(...shop, ...kong);
      await lab.ok("down", "--stack", STACK);
      expect(await cluster.names("customresourcedefinitions")).toEqual([]);
      expect((await cluster.get<{ metadata: { labels: object } }>("namespace", "default")).metadata.labels).toEqual({
        "kubernetes.io/metadata.name": "default",
      });
      expect(await cluster.names("namespaces")).toEqual([
        "default",
        "kube-node-lease",
        "kube-public",
        "kube-system",
        "tenant",
      ]);
      expect(await cluster.names("configmaps", "-n", "default")).toEqual(["kube-root-ca.crt", "notes"]);
      for (const kind of [
        "mutatingwebhookconfigurations",
        "validatingwebhookconfigurations",
        "validatingadmissionpolicies",
      ])
        expect(await cluster.names(kind), kind).toEqual([]);
      expect((await cluster.names("clusterroles")).filter((name) => /istio/.test(name))).toEqual([]);
      const { items } = await cluster.get("configmaps", "-A");
      expect(
        items
          .filter(({ metadata: { name } }) => /istio/.test(name))
          .map(({ metadata: { namespace, name } }) => `${namespace}/${name}`),
      ).toEqual(["tenant/istio-ca-root-cert"]);
    });
  });

  /** What `down` and `up --heal` refuse of a cluster that does not answer, and `down --cluster-is-gone`: test/engine/refusals.test.ts. */
  describe("its cluster, lost", () => {
    it("while it is off: preview is green and says so", async () => {
      await pulumi("stack", "import", "--stack", STACK, "--file", file("seated.json", seated));
      await cluster.stop();
      const planned = await pulumi("preview", "--expect-no-changes");
      expect(planned.all).toMatch(/does not answer: .* What is in the cluster cannot be compared/);
    });

    it("in its place another one: preview and up refuse it, up --heal makes the seat anew in it", async () => {
      await cluster.remove();
      cluster = await SomebodysCluster.start(lab.seatFolder("somebodys"));
      existing();
      expect((await lab.run("pulumi", "preview", "--non-interactive")).all).toMatch(
        /The context istio-lab leads to another cluster than the one this stack's seat is in/,
      );
      const refused = await lab.run("up", "--stack", STACK);
      expect(refused.exitCode).toBe(1);
      expect(refused.all).toMatch(/refused {2}cluster {2}.*: this is not the cluster that has this stack's seat/);
      expect(await cluster.names("namespaces")).not.toContain("istio-system");

      configure({ lessons: ["temperature"], gatewayApi: false }); // the smallest app, by Istio's own routes: what is forgotten is the whole seat
      await lab.ok("up", "--stack", STACK, "--heal");
      expect(await cluster.names("deployments", "-n", "istio-system")).toEqual(["istiod"]);
      expect(await cluster.names("deployments", "-n", "default")).toEqual([]);
      expect(
        (await get(`${(await pulumi("stack", "output", "GATEWAY_URL")).stdout.trim()}${conversion}`)).body,
      ).toContain("423.15");
      await pulumi("preview", "--expect-no-changes");
    });
  });
});
