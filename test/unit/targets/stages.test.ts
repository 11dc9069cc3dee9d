import { describe, expect, it } from "vitest";
import { embeddedStages, embeddedStagesFor, stagesElsewhere } from "../../../cli/targets/stages";
import { addonNames, type AddonName } from "../../../components/addons/catalog";

/** What a step's title has to name for an addon to be built by it. */
const NAMES: Partial<Record<AddonName, RegExp>> = {
  kiali: /^Kiali/,
  prometheus: /^Prometheus/,
  jaeger: /^Jaeger/,
  loki: /^OpenTelemetry Collector/,
  zipkin: /^Zipkin/,
};

const titles = (config: Record<string, string>) =>
  embeddedStagesFor(config)
    .flat(2)
    .map(({ title }) => title);
const built = (config: Record<string, string>) =>
  Object.keys(NAMES).filter((addon) => titles(config).some((title) => NAMES[addon as AddonName]!.test(title)));

describe("what is built for a stack of the embedded target", () => {
  it.each<[string, string | undefined, string[]]>([
    ["no addon", "[]", []],
    ["one of them", '["prometheus"]', ["prometheus"]],
    ["what needs what no other does", '["zipkin","loki"]', ["loki", "zipkin"]],
    ["what does not say which: the default's", undefined, ["kiali", "prometheus", "jaeger"]],
    ["a list that is none, which is refused later", "kiali", ["kiali", "prometheus", "jaeger"]],
    ["a name that is none, which is refused later", '["prometheus","grafan"]', ["prometheus"]],
  ])("is what its addons ask for: %s", (_, addons, expected) => {
    expect(built({ target: "embedded", ...(addons !== undefined && { addons }) })).toEqual(expected);
  });

  it("is what every seat needs whatever the addons are, and all of it for the tests and for `npm run embedded -- build`", () => {
    const [none, all] = [
      titles({ addons: "[]" }),
      embeddedStages()
        .flat(2)
        .map(({ title }) => title),
    ];
    const ofEverySeat = all.filter((title) => !/^istioctl/.test(title));
    expect(ofEverySeat, "a command's own tool waits for the command").toHaveLength(all.length - 1);
    expect(none).toEqual(ofEverySeat.filter((title) => !Object.values(NAMES).some((name) => name.test(title))));
    expect(none.join()).toMatch(/Debian packages.*Envoy.*Kubernetes.*charts.*Container images,Image store/);
    expect(ofEverySeat).toEqual(
      embeddedStages(addonNames)
        .flat(2)
        .map(({ title }) => title),
    );
  });
});

describe("what is built for a stack whose cluster is elsewhere", () => {
  const repository = (text: string) => ({ istio: `{"chartRepository":${text},"revision":"1-27"}` });

  it.each<[string, Record<string, string>, boolean]>([
    ["nothing said", {}, false],
    ["gatewayApi off", { gatewayApi: "false" }, false],
    ["gatewayApi", { gatewayApi: "true" }, true],
    ["charts of this checkout", repository('".lab/charts"'), true],
    ["charts of this checkout, written otherwise", repository('  "./.lab/charts/"'), true],
    ["charts of another folder", repository('"/srv/.lab/charts"'), false],
    ["charts of a server", repository('"https://charts.example/.lab/charts"'), false],
  ])("is the engine, and the charts where they are built here: %s", (_, config, charts) => {
    const titles = stagesElsewhere(config)
      .flat(2)
      .map(({ title }) => title);
    expect(titles).toHaveLength(charts ? 2 : 1);
    expect(titles.some((title) => /charts/.test(title))).toBe(charts);
  });
});
