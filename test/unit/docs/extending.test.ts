import * as fs from "node:fs";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compiled } from "../../support/compiled";
import { withExamples } from "../../support/extended";

/** The lesson, the addon and the target of docs/extending.md, in a copy of the sources: everything that is asked here iterates over their tables. */
let root: string;
let seen: Record<string, any>;

/** The SDK's parts that are loaded late are not asked for. */
const ASKED = `
  require("./launch/sdk.cjs").loadLate(process.cwd());
  const { parseConfig } = require("./config");
  const raw = { target: "embedded", lessons: '["greeting"]', addons: '["prometheus"]', canary: '{"greeter": {"v1": 90, "v2": 10}}' };
  const settings = parseConfig(raw);
  const alone = { ...settings, addons: [] };
  const without = { ...alone, lessons: [] };
  const said = (act) => { try { return act(); } catch (error) { return error.message; } };
  const { demandOf } = require("./cli/preflight/demand");
  const { amd64OnlyOf, lessonNames } = require("./components/lessons/catalog");
  const { cardOf } = require("./cli/class/cards/card");
  const { targetOf, trafficLessons } = require("./cli/traffic/seat");
  const { chooseLesson } = require("./cli/traffic/options");
  const { graphNamespaces } = require("./components/addons/kiali/graph");
  const { checksOf } = require("./components/checks");
  const { choose } = require("./cli/open/choose");
  const withNotice = { ...without, addons: ["notice"] };
  const target = targetOf("greeting", "http://seat");
  const { commandsFor } = require("./cli/targets");
  const { targetsOfState } = require("./cli/stack/target-of-state");
  process.stdout.write(JSON.stringify({
    targets: {
      accepted: said(() => parseConfig({ target: "proxied" }).target),
      refused: said(() => parseConfig({ target: "moon" })),
      ofState: targetsOfState({ resources: ["Embedded", "Proxied"].map((type) => ({ type: "istio-lab:cluster:" + type })) }),
      findings: commandsFor("proxied").classFindings([]),
    },
    addons: {
      accepted: said(() => parseConfig({ target: "embedded", addons: '["notice"]' }).addons),
      refused: said(() => parseConfig({ target: "embedded", addons: '["noticed"]' })),
      demand: demandOf(withNotice),
      checks: checksOf(withNotice).map(({ name, services }) => ({ name, services })),
      open: choose("notice", ["notice"], "s1"),
    },
    refused: said(() => parseConfig({ target: "embedded", lessons: '["cooking"]' })),
    demand: { without: demandOf(without), with: demandOf(alone) },
    card: cardOf("class", { seat: "s1", trainee: "Ada" }, { GATEWAY_URL: "http://seat", lessons: { greeting: "http://seat/greeting" } }),
    traffic: { lessons: trafficLessons(lessonNames), chosen: chooseLesson(undefined, ["greeting"], "s1"), url: target.url, version: target.versionOf("Good day from v2") },
    namespaces: graphNamespaces(["greeting"]),
    checks: checksOf(settings).map(({ name, path, host }) => ({ name, path })),
    amd64Only: amd64OnlyOf(["greeting"]),
  }));
`;

beforeAll(async () => {
  root = withExamples();
  const { stdout } = await execa(process.execPath, [await compiled(root, ASKED, root)], { cwd: root });
  seen = JSON.parse(stdout);
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

it("the config takes its name and its canary, and names it where a name is wrong", () => {
  expect(seen.refused).toContain("backend, bookinfo, temperature, blog, admission, greeting");
});

it("preflight reckons with its pods, their sidecars and its namespace", () => {
  const { with: more, without } = seen.demand;
  expect(more.pods - without.pods).toBe(2);
  expect(more.cpu - without.cpu).toBeGreaterThanOrEqual(20);
  expect(more.namespaces).toEqual([...without.namespaces, "greeting"]);
});

it("check has its checks, and Prometheus' by its entry", () => {
  expect(seen.checks).toContainEqual({ name: "greeting-answer" });
  expect(seen.checks).toContainEqual({ name: "greeting-analysis" });
  expect(seen.checks).toContainEqual({ name: "prometheus-requests", path: "/greeting" });
});

it("the config, preflight, check and open have an addon of the table", () => {
  const { accepted, refused, demand, checks, open } = seen.addons;
  expect(accepted).toEqual(["notice"]);
  expect(refused).toContain("prometheus, jaeger, zipkin, loki, grafana, kiali, notice");
  expect([demand.pods - seen.demand.without.pods, demand.memory - seen.demand.without.memory]).toEqual([
    1,
    16 * 2 ** 20,
  ]);
  expect(checks).toEqual([{ name: "addon-pods", services: ["notice"] }, { name: "istio-analysis" }]);
  expect(open).toEqual([{ name: "notice", service: "notice", port: 5678, localPort: 5678, path: "" }]);
});

it("the config takes a target of the table, and a state with its component is on it: first of all, as it is somebody's", () => {
  const { accepted, refused, ofState, findings } = seen.targets;
  expect(accepted).toBe("proxied");
  expect(refused).toContain("minikube, azure, existing, embedded, proxied");
  expect(ofState).toEqual(["proxied", "embedded"]);
  expect(findings).toEqual([]);
});

it("traffic, the graph and the cards have it", () => {
  expect(seen.traffic).toEqual({
    lessons: ["bookinfo", "temperature", "blog", "greeting"],
    chosen: "greeting",
    url: "http://seat/greeting",
    version: "v2",
  });
  expect(seen.namespaces).toEqual(["greeting"]);
  expect(seen.card.commands).toEqual(["URL=http://seat", "curl -s $URL/greeting"]);
  expect(seen.card.codes).toEqual([{ label: "Greeting", url: "http://seat/greeting" }]);
  expect(seen.amd64Only).toEqual([]);
});
