import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ConformanceCluster } from "./cluster";
import { Engine, Ran } from "./engine";
import type { Json } from "./recording";

/**
 * What the recordings do not cover, on a real engine and a real cluster. Here the live objects are the judge. Each test leaves the stack empty.
 */
export const beyond = (of: () => ConformanceCluster) =>
  describe("beyond the recordings", () => {
    let cluster: ConformanceCluster;
    let engine: Engine;
    beforeAll(async () => {
      cluster = of();
      engine = await Engine.create(cluster.kubeconfig, "beyond");
    });
    afterEach(async () => void (await engine.run(["destroy", "--yes", "--skip-preview"])));
    afterAll(() => engine?.remove());

    const up = async (stage: string): Promise<Ran> => {
      await engine.config("stage", stage);
      return engine.run(["up", "--yes", "--skip-preview"]);
    };
    const ok = (ran: Ran): Ran => (expect(ran.exitCode, ran.output).toBe(0), ran);
    const get = async (...what: string[]): Promise<Json> =>
      JSON.parse(await cluster.kubectl("get", "-o", "json", ...what)) as Json;
    const releaseStatus = async (): Promise<string[]> =>
      ((await get("-n", "beyond", "secret", "-l", "owner=helm,name=tiny")).items as Json[]).map(
        (s) => s.metadata.labels.status as string,
      );
    /** A run that is on its way is within the release. */
    const pending = async (): Promise<void> => {
      for (let i = 0; i < 600; i++) {
        if ((await releaseStatus().catch((): string[] => [])).includes("pending-install")) return;
        await sleep(100);
      }
      throw new Error("No run came to its release within a minute.");
    };

    test("patch, upsert, claim, definition, waitFor, skipAwait; then an empty preview; then everything gone", async () => {
      await cluster.kubectl("create", "namespace", "beyond");
      await cluster.kubectl("-n", "beyond", "create", "configmap", "found", "--from-literal=by=hand");
      ok(await up("objects"));
      expect((await get("namespace", "default")).metadata.labels.patched).toBe("yes");
      expect((await get("-n", "beyond", "configmap", "found")).data).toEqual({ by: "pulumi" });
      expect((await get("-n", "beyond", "persistentvolumeclaim", "claim")).status.phase).toBe("Pending");
      expect((await get("-n", "beyond", "widget", "w")).spec).toEqual({ size: 1 });
      // "1024Mi" and "0.005" are spelled "1Gi" and "5m" by the server: no difference.
      const preview = ok(await engine.run(["preview", "--diff"]));
      expect(preview.output).toMatch(/^ {4}11 unchanged$/m);
      const destroyed = ok(await engine.run(["destroy", "--yes", "--skip-preview"]));
      expect(destroyed.output).toMatch(/- 11 deleted/);
      expect((await get("namespace", "default")).metadata.labels.patched).toBeUndefined();
      expect((await get("crd")).items.map((c: Json) => c.metadata.name)).not.toContain("widgets.example.com");
    });

    test("an object that never meets its waitFor fails after its timeout, and the next up recovers; that waits for a webhook that does not answer yet", async () => {
      const ran = await up("never");
      expect(ran.exitCode).not.toBe(0);
      expect(ran.output).toContain("'never' timed out waiting to be Ready");
      expect(ran.output).toContain("condition=Ready was not met");

      const name = "provider-test.example.com";
      const hook = {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "ValidatingWebhookConfiguration",
        metadata: { name: "provider-test" },
        webhooks: [
          {
            name,
            admissionReviewVersions: ["v1"],
            sideEffects: "None",
            timeoutSeconds: 1,
            failurePolicy: "Fail",
            objectSelector: { matchLabels: { hooked: "yes" } },
            clientConfig: { service: { namespace: "default", name: "nowhere" } },
            rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] }],
          },
        ],
      };
      await cluster.apply(hook);
      await engine.config("stage", "webhook");
      const running = engine.start(["up", "--yes", "--skip-preview"]);
      let said = "";
      running.all?.on("data", (chunk: Buffer) => (said += String(chunk)));
      for (let i = 0; i < 300 && !said.includes("waiting for an admission webhook to answer"); i++) await sleep(100);
      await cluster.kubectl("delete", "validatingwebhookconfiguration", "provider-test");
      const { exitCode, all } = await running;
      expect(exitCode, all).toBe(0);
      expect(all).toContain("waiting for an admission webhook to answer");
      expect((await get("-n", "beyond", "configmap", "hooked")).data).toEqual({ a: "1" });
      await expect(cluster.kubectl("-n", "beyond", "get", "configmap", "never")).rejects.toThrow(/not found/);

      // A cluster that is gone can be dropped from the state.
      await cluster.gate.shut();
      try {
        const dropped = ok(
          await engine.run(["refresh", "--yes", "--skip-preview"], { PULUMI_K8S_DELETE_UNREACHABLE: "true" }),
        );
        expect(dropped.output).toMatch(/- 2 deleted/);
      } finally {
        await cluster.gate.open();
      }
      // It had only been out of reach: with upsertExistingObjects the program takes its objects over again.
      ok(await up("webhook"));
    });

    test("a release that fails says why, and the next up goes on with it", async () => {
      const ran = await up("badrelease");
      expect(ran.exitCode).not.toBe(0);
      expect(ran.output).toContain('Helm release "beyond/tiny" was created, but failed to initialize completely');
      expect(ran.output).toContain("ErrImageNeverPull");
      expect(await releaseStatus()).toEqual(["failed"]);
      ok(await up("goodrelease"));
      expect(await releaseStatus()).toContain("deployed");
      expect((await get("-n", "beyond", "deployment", "tiny-tiny")).status.readyReplicas).toBe(1);
    });

    test("a release that another run works on is left alone; that run, interrupted, ends soon and keeps what it made, and the next up goes on", async () => {
      await engine.config("stage", "badrelease");
      // Longer than a busy machine takes for the other run to come to it.
      await engine.config("timeout", "120");
      const running = engine.start(["up", "--yes", "--skip-preview"]);
      await pending();
      const other = await Engine.create(cluster.kubeconfig, "beyond");
      try {
        await other.config("stage", "goodrelease");
        const second = await other.run(["up", "--yes", "--skip-preview"]);
        expect(second.exitCode).not.toBe(0);
        expect(second.output).toContain("cannot re-use a name that is still in use");
      } finally {
        other.remove();
      }
      const interrupted = Date.now();
      process.kill(running.pid!, "SIGINT");
      const { exitCode, all } = await running;
      expect(exitCode, all).not.toBe(0);
      expect(Date.now() - interrupted, all).toBeLessThan(20_000);
      // helm was told as well: it marked the release instead of leaving it pending.
      expect(await releaseStatus()).toEqual(["failed"]);
      ok(await up("goodrelease"));
      expect(await releaseStatus()).toContain("deployed");
    });

    test("a run killed within a release: every further up is refused, until the release's record is gone", async () => {
      await engine.config("stage", "badrelease");
      const killed = engine.start(["up", "--yes", "--skip-preview"]);
      await pending();
      await sleep(1_000);
      for (const pid of await descendants(killed.pid!)) process.kill(pid, "SIGKILL");
      await killed;
      expect(await releaseStatus()).toEqual(["pending-install"]);
      await engine.run(["cancel", "--yes"]);
      const refused = await up("goodrelease");
      expect(refused.exitCode).not.toBe(0);
      expect(refused.output).toContain("cannot re-use a name that is still in use");
      expect(await releaseStatus()).toEqual(["pending-install"]);
      await cluster.kubectl("-n", "beyond", "delete", "secret", "-l", "owner=helm,name=tiny");
      ok(await up("goodrelease"));
      expect(await releaseStatus()).toEqual(["deployed"]);
      expect((await get("-n", "beyond", "deployment", "tiny-tiny")).status.readyReplicas).toBe(1);
      ok(await engine.run(["preview", "--diff", "--expect-no-changes"]));
    });
  });

/** A process and everything it started. */
async function descendants(pid: number): Promise<number[]> {
  const { readdirSync, readFileSync } = await import("node:fs");
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((n) => /^\d+$/.test(n))) {
    try {
      parents.set(
        Number(name),
        Number(
          readFileSync(`/proc/${name}/stat`, "utf8")
            .replace(/^.*\) /, "")
            .split(" ")[1],
        ),
      );
    } catch {
      // It ended while we looked.
    }
  }
  const all = [pid];
  for (const p of all) for (const [child, parent] of parents) if (parent === p) all.push(child);
  return all;
}
