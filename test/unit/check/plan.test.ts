import { describe, expect, it } from "vitest";
import { checksOf } from "../../../components/checks";
import type { CheckSpec } from "../../../components/lessons/checks/check";
import { chosen, probePodsOf, missingOf, podOf } from "../../../cli/check/run";
import { settingsWith } from "./settings";

const seat = (config: Record<string, unknown> = {}) => ({ stack: "seat2", settings: settingsWith(config) });
const lessonsOf = (specs: readonly CheckSpec[]) => [...new Set(specs.map(({ lesson }) => lesson))];

describe("the checks of a run", () => {
  it("are all of the stack's, or those of the lessons that are named", () => {
    expect(chosen(seat(), undefined)).toEqual(checksOf(seat().settings));
    expect(lessonsOf(chosen(seat(), ["blog", "addons"]))).toEqual(["blog", "addons"]);
    expect(chosen(seat(), [])).toEqual([]);
  });

  it.each<[Record<string, unknown>, string[], RegExp]>([
    [
      { lessons: ["blog"], addons: [] },
      ["blog", "bookinfo", "addons"],
      /^--lesson bookinfo, addons: stack seat2 has no such lesson. It has: blog, istio\.$/,
    ],
    [{ lessons: ["blog"] }, ["nothing"], /It has: blog, addons, istio\.$/],
    [{ lessons: [], addons: [] }, ["blog"], /It has: istio\.$/],
  ])("of %j are refused where it lacks one of %j", (config, lessons, text) =>
    expect(() => chosen(seat(config), lessons)).toThrow(text),
  );
});

it("what the last up did not install is named: each lesson, and each addon, of the chosen checks alone", () => {
  const { settings } = seat({ lessons: ["bookinfo", "blog"], addons: ["kiali", "grafana", "prometheus"] });
  const specs = checksOf(settings);
  expect(
    missingOf(specs, { settings, installed: ["bookinfo", "blog"], addons: ["kiali", "grafana", "prometheus"] }),
  ).toEqual([]);
  expect(missingOf(specs, { settings, installed: ["bookinfo"], addons: ["prometheus"] }).sort()).toEqual([
    "blog",
    "grafana",
    "kiali",
  ]);
  expect(
    missingOf(
      specs.filter(({ lesson }) => lesson === "bookinfo"),
      { settings, installed: [], addons: [] },
    ),
  ).toEqual(["bookinfo"]);
});

describe("the pods of check itself", () => {
  const spec = (kind: string, more: object) => ({ kind, lesson: "x", name: "x", ...more }) as unknown as CheckSpec;
  const pod = { namespace: "blog", app: "frontend", container: "curl" };

  it.each<[string, CheckSpec[], string[]]>([
    ["none", [], []],
    ["the outsider, for plaintext", [spec("plaintext", {})], ["outsider"]],
    [
      "the stranger, for the second case of an access",
      [spec("access", { cases: [{ from: pod }, { from: "stranger" }] })],
      ["stranger"],
    ],
    ["the outsider, for a peer", [spec("peer", { from: "outsider" })], ["outsider"]],
    ["the stranger, for a fault inside the mesh", [spec("fault", { url: "http://x" })], ["stranger"]],
    ["none for a fault at the gateway", [spec("fault", {})], []],
    ["the stranger, for a route of its proxy", [spec("proxy-route", { proxy: "stranger" })], ["stranger"]],
    ["none for a route of the gateway's proxy", [spec("proxy-route", { proxy: "gateway" })], []],
    ["none for any other check, and for a pod of the lesson's", [spec("split", {}), spec("peer", { from: pod })], []],
    ["none for what is not applicable", [spec("plaintext", { notApplicable: "no" })], []],
    [
      "both, each once",
      [
        spec("proxy-route", { proxy: "stranger" }),
        spec("plaintext", {}),
        spec("plaintext", {}),
        spec("fault", { url: "x" }),
      ],
      ["outsider", "stranger"],
    ],
  ])("are %s", (_, specs, guests) => expect(probePodsOf(specs)).toEqual(guests));

  it("are asked once they are ready, and a lesson's pod at once", async () => {
    const waited: string[] = [];
    const guests = { ready: async (guest: string) => void waited.push(guest) };
    expect(await podOf(pod, guests)).toEqual({
      namespace: "blog",
      pod: { labels: { app: "frontend" } },
      container: "curl",
    });
    expect(waited).toEqual([]);
    expect(await podOf("stranger", guests)).toEqual({
      namespace: "istio-lab-check",
      pod: { name: "stranger" },
      container: "curl",
    });
    expect(waited).toEqual(["stranger"]);
    await expect(podOf("outsider", { ready: () => Promise.reject(new Error("not ready")) })).rejects.toThrow(
      "not ready",
    );
  });
});
