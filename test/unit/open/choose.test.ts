import { describe, expect, it } from "vitest";
import { choose } from "../../../cli/open/choose";
import { addonNames } from "../../../components/addons/catalog";

const names = (named: string | undefined, installed: Parameters<typeof choose>[1]) =>
  choose(named, installed, "embedded").map(({ name }) => name);

describe("what is opened", () => {
  it("is everything with pages that is installed, when nothing is named", () => {
    expect(names(undefined, addonNames)).toEqual(["prometheus", "jaeger", "zipkin", "grafana", "kiali"]);
    expect(names(undefined, ["kiali", "loki"])).toEqual(["kiali"]);
  });

  it("is the one that is named, with istioctl dashboard's port and where its pages begin", () => {
    expect(choose("jaeger", ["jaeger", "kiali"], "embedded")).toEqual([
      { name: "jaeger", service: "tracing", port: 80, localPort: 16686, path: "/jaeger" },
    ]);
    expect(choose("kiali", ["kiali"], "embedded")).toMatchObject([
      { service: "kiali", port: 20001, localPort: 20001, path: "/kiali" },
    ]);
  });

  it("says how to add what is not installed, for the stack that is meant", () => {
    expect(() => choose("zipkin", ["jaeger"], "embedded")).toThrow(
      "Zipkin is not installed on the seat of stack embedded. Add zipkin to istio-lab:addons, then `npm run up -- --stack embedded`.",
    );
    expect(() => choose("zipkin", [], "dev")).toThrow("then `npm run up -- --stack dev`");
  });

  it.each(["loki", "Kiali", "nothing"])("knows no pages of %s, and names what has some", (name) => {
    expect(() => choose(name, ["loki"], "embedded")).toThrow(
      `open ${name}: no addon with pages has that name; valid: prometheus, jaeger, zipkin, grafana, kiali.`,
    );
  });

  it("says so where no addon has pages", () => {
    expect(() => choose(undefined, ["loki"], "embedded")).toThrow(
      /^Stack embedded has no addon with pages\. Name some in istio-lab:addons \(prometheus, .*\), then `npm run up -- --stack embedded`\.$/,
    );
  });
});
