import { readFileSync } from "node:fs";
import * as path from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { onStack } from "../../../base/advice";
import { ask } from "./ask";
import { app, built, buildTime, withoutApps } from "./built";
import { killAll, start } from "./process";
import { needs } from "../../support/needs";

beforeAll(built, buildTime);
afterEach(killAll);

/** The placeholder of an addon, with the arguments its Deployment has for the real one. */
const place = (addon: string, args: string[] = []) => start(app("placeholder"), { PLACEHOLDER: addon }, args);

describe("a placeholder", needs(withoutApps), () => {
  it.each([
    ["grafana", "grafana/grafana", []],
    ["loki", "grafana/loki", ["-config.file=/etc/loki/config/config.yaml", "-target=all"]],
  ])("of %s says what it is, takes the real one's arguments and stops on SIGTERM", async (addon, image, args) => {
    const running = await place(addon, args);
    expect(running.log.at(-1)).toContain(`istio-lab placeholder for ${image}, listening on`);
    const { code } = await running.stop();
    expect(code).toBe(0);
  });

  it.each(["jaeger", "kiali", "collector", "zipkin"])(
    "of %s, which is real here, ends with a reason",
    async (addon) => {
      await expect(place(addon)).rejects.toThrow(`PLACEHOLDER="${addon}": no addon of this name`);
    },
  );

  it.each([
    ["grafana", "/d/abc/istio-mesh-dashboard", "Grafana"],
    ["loki", "/", "Loki"],
  ])(
    "of %s has a page at %s that says it is none, names where the real one runs, and needs nothing else",
    async (addon, at, name) => {
      const { url } = await place(addon);
      const { status, type, body, headers } = await ask(url + at);
      expect([status, type, headers.get("x-istio-lab-placeholder")]).toEqual([200, "text/html; charset=utf-8", addon]);
      expect(body).toContain(`This is not ${name}`);
      expect(body).toContain("npm run up -- --stack dev");
      // The image does not know its stack: a command without one would work on another seat.
      expect([onStack("STACK", body), /\bkubectl\b/.test(body)]).toEqual([body, false]);
      expect(body).toContain('name="viewport"');
      expect(body).toContain("prefers-color-scheme: dark");
      expect(body).not.toMatch(/<(script|link|img|iframe)|https?:/);
    },
  );

  it.each([
    ["grafana", "/api/datasources"],
    ["loki", "/loki/api/v1/query_range"],
  ])("of %s answers %s with 501, never with nothing found", async (addon, api) => {
    const { url } = await place(addon);
    expect(await ask(url + api)).toMatchObject({
      status: 501,
      body: { error: expect.stringContaining("placeholder") },
    });
  });
});

describe("what others ask of an addon's place", needs(withoutApps), () => {
  it.each([
    ["grafana", "/api/health", 200],
    ["loki", "/ready", 200],
  ])("%s is ready at %s", async (addon, probe, status) => {
    const { url } = await place(addon);
    expect((await ask(url + probe)).status).toBe(status);
  });

  it.each([["loki", "/loki/api/v1/push", 204, "/"]])(
    "%s takes what is sent to %s, and its page counts it",
    async (addon, to, status, page) => {
      const { url } = await place(addon);
      expect((await ask(url + page)).body).toContain("thrown away: 0 ");
      expect((await ask(url + to, { method: "POST", body: "[]" })).status).toBe(status);
      expect((await ask(url + page)).body).toContain("thrown away: 1 ");
    },
  );
});

describe("the pages of what is real", () => {
  const page = (name: string) => readFileSync(path.join(__dirname, "../../../embedded/images/pages", name), "utf8");

  it.each(["jaeger.html", "prometheus.html"])("%s says whose it is and loads nothing from elsewhere", (name) => {
    expect(page(name)).toMatch(/<p class="note">Not (Jaeger's|Prometheus') own pages/);
    expect(page(name)).not.toMatch(/https?:|src=/);
  });

  it("jaeger.html has the line in which the server puts its base path", () => {
    expect(page("jaeger.html")).toContain('<base href="/"'); // cmd/query/app/static_handler.go, basePathPattern
  });
});
