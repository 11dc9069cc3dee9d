import { describe, expect, it } from "vitest";
import { installedAddons } from "../../../cli/check/stack-outputs";
import { isPlaceholder, placeholderOf, standInOf } from "../../../cli/check/stand-ins";
import { addonImages } from "../../../components/addons/images";
import { images } from "../../../components/lessons/images";
import { spec } from "./reports";

const embedded = { target: "embedded" } as const;
const of = (...names: string[]) => ({ ...spec, images: names });

describe("what answers on the embedded seat", () => {
  it("is a program of this lab where a recipe says so, by its short name", () => {
    expect(standInOf(of(images.echo, images.curl), embedded)).toBe("http-echo: programs of this lab");
    expect(standInOf(of(images.curl), embedded)).toBeUndefined();
  });

  it("is another release of the real thing, in the recipe's words", () => {
    expect(standInOf(of(addonImages.jaeger), embedded)).toMatch(/^jaeger: Jaeger 1 in place of Jaeger 2/);
    expect(placeholderOf(of(addonImages.jaeger), embedded)).toBeUndefined();
  });

  it("is a placeholder as soon as one image is, which is no stand-in", () => {
    expect(placeholderOf(of(addonImages.prometheus, addonImages.kiali), embedded)).toBe("kiali: a placeholder");
    expect(placeholderOf(of(addonImages.loki, addonImages.collector), embedded)).toBe("loki, opentelemetry-collector-contrib: placeholders");
    expect(standInOf(of(addonImages.kiali), embedded)).toBeUndefined();
    expect([isPlaceholder(addonImages.grafana, embedded), isPlaceholder(addonImages.prometheus, embedded)]).toEqual([true, false]);
  });

  it("is the real thing anywhere else", () => {
    const elsewhere = { target: "azure" } as const;
    expect([standInOf(of(images.echo), elsewhere), placeholderOf(of(addonImages.kiali), elsewhere), isPlaceholder(addonImages.kiali, elsewhere)]).toEqual([undefined, undefined, false]);
  });
});

describe("installed addons", () => {
  it("have an output each, but for Loki, which has no pages", () => {
    expect(installedAddons({ KIALI_URL: "http://x:31602", JAEGER_URL: "http://localhost:16686/jaeger" }, { addons: ["kiali", "loki"] })).toEqual(["jaeger", "loki", "kiali"]);
    expect(installedAddons({ GATEWAY_URL: "http://x" }, { addons: ["kiali", "grafana"] })).toEqual([]);
  });
});
