import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parse, stringify } from "yaml";
import { find } from "../../../components/addons/kube-object";
import { readSample } from "../../../components/addons/samples";
import { binary } from "../../../embedded/toolchain";
import { ask } from "./ask";
import { needs } from "../../support/needs";

const program = (() => {
  try {
    return binary("jaeger");
  } catch {
    return undefined; // a machine that only runs tests has no toolchain
  }
})();

/** Jaeger 1 as the seat's image starts it, told by the configuration of Istio's sample for Jaeger 2. */
describe(
  "Jaeger in its image",
  needs(program === undefined ? "needs Jaeger, which `npm run embedded -- build` makes" : undefined),
  () => {
    let folder: string;
    let ports: Record<"query" | "grpcQuery" | "zipkin" | "health" | "metrics" | "other", number[]>;
    let jaeger: ChildProcess;
    let said = "";

    /** The sample's file, of which only the folders and the ports are others. */
    async function configuration(): Promise<string> {
      const text = find(readSample("jaeger"), "ConfigMap").data["config.yaml"]!.replaceAll("/badger/", `${folder}/`);
      const config = parse(text);
      const at = (port: number[]) => ({ endpoint: `127.0.0.1:${port[0]}` });
      ports = {
        query: await free(1),
        grpcQuery: await free(1),
        zipkin: await free(1),
        health: await free(1),
        metrics: await free(1),
        other: await free(4),
      };
      Object.assign(config.extensions.jaeger_query, { http: at(ports.query), grpc: at(ports.grpcQuery) });
      config.extensions.healthcheckv2.http = at(ports.health);
      config.receivers.zipkin = at(ports.zipkin);
      const [a, b, c, d] = ports.other.map((port) => at([port]));
      Object.assign(config.receivers.jaeger.protocols, { grpc: a, thrift_http: b });
      Object.assign(config.receivers.otlp.protocols, { grpc: c, http: d });
      config.service.telemetry.metrics.readers[0].pull.exporter.prometheus.port = ports.metrics[0];
      return stringify(config);
    }

    function run(config: string): ChildProcess {
      const file = path.join(folder, "config.yaml");
      writeFileSync(file, config);
      const child = spawn(program!, ["--ui", folder, "--config", file], {
        env: {},
        stdio: ["ignore", "ignore", "pipe"],
      });
      child.stderr!.on("data", (bytes) => (said += bytes));
      return child;
    }

    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), "jaeger-"));
      copyFileSync(path.join(__dirname, "../../../embedded/images/pages/jaeger.html"), path.join(folder, "index.html"));
      jaeger = run(await configuration());
      await vi.waitFor(
        async () => expect((await ask(`http://127.0.0.1:${ports.health[0]}/status`)).status, said).toBe(200),
        { timeout: 15_000, interval: 100 },
      );
    }, 20_000);
    afterAll(async () => {
      if (jaeger?.exitCode === null) {
        jaeger.kill("SIGKILL");
        await once(jaeger, "exit");
      }
      rmSync(folder, { recursive: true, force: true });
    });

    const query = (api: string) => ask(`http://127.0.0.1:${ports.query[0]}/jaeger/${api}`);

    it("gives a span that a proxy reports back as a trace, under the sample's base path", async () => {
      const traceId = randomBytes(16).toString("hex");
      const span = {
        traceId,
        id: traceId.slice(0, 16),
        name: "reviews:9080/*",
        timestamp: Date.now() * 1000,
        duration: 1200,
        kind: "SERVER",
        localEndpoint: { serviceName: "reviews.default" },
      };
      const sent = await ask(`http://127.0.0.1:${ports.zipkin[0]}/api/v2/spans`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify([span]),
      });
      expect(sent.status).toBe(202);
      const found = await vi.waitFor(
        async () => {
          const { status, body } = await query(`api/traces/${traceId}`);
          expect(status).toBe(200);
          return body.data[0];
        },
        { timeout: 10_000, interval: 100 },
      );
      expect(found.spans.map(({ operationName }: { operationName: string }) => operationName)).toEqual([
        "reviews:9080/*",
      ]);
      expect((await query("api/services")).body.data).toEqual(["reviews.default"]);
    });

    it("serves its pages under the base path, and metrics where the pod's annotation has them", async () => {
      expect((await query("trace/abc")).body).toContain('<base href="/jaeger/">');
      expect((await ask(`http://127.0.0.1:${ports.metrics[0]}/metrics`)).body).toMatch(/^go_goroutines \d+$/m);
    });

    it("ends with 0 on SIGTERM", async () => {
      jaeger.kill("SIGTERM");
      expect(await once(jaeger, "exit")).toEqual([0, null]);
    });

    it("refuses a storage that it has not, by name", async () => {
      said = "";
      const config = parse(await configuration());
      config.extensions.jaeger_storage.backends = { badger_storage: { elasticsearch: {} } };
      const [code] = await once(run(stringify(config)), "exit");
      expect(code).not.toBe(0);
      expect(said).toContain("extensions.jaeger_storage.backends.badger_storage is neither badger nor memory");
    });
  },
);

/** Ports of loopback that nobody has. */
async function free(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => (server.close(), once(server, "close"))));
  return ports;
}
