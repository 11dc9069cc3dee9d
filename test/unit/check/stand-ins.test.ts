import { describe, expect, it } from "vitest";
import { placeholdersOn } from "../../../cli/check/placeholders";
import { ServiceSilent, type Seat } from "../../../cli/check/seat";
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
    expect(standInOf(of(addonImages.kiali), embedded)).toBe('kiali: Kiali 1.89.8 in place of Kiali 2.32: an older release, with all that it has; its page "About" says which');
    expect([addonImages.jaeger, addonImages.kiali].map((image) => placeholderOf(of(image), embedded))).toEqual([undefined, undefined]);
  });

  it("is a placeholder as soon as one image is, which is no stand-in", () => {
    expect(placeholderOf(of(addonImages.prometheus, addonImages.kiali, addonImages.grafana), embedded)).toBe("grafana: a placeholder");
    expect(placeholderOf(of(addonImages.loki, addonImages.collector), embedded)).toBe("loki: a placeholder");
    expect(placeholderOf(of(addonImages.loki, addonImages.grafana), embedded)).toBe("grafana, loki: placeholders");
    expect([standInOf(of(addonImages.collector), embedded), placeholderOf(of(addonImages.collector), embedded)]).toEqual([undefined, undefined]);
    expect(standInOf(of(addonImages.grafana), embedded)).toBeUndefined();
    expect([addonImages.grafana, addonImages.prometheus, addonImages.kiali].map((image) => isPlaceholder(image, embedded))).toEqual([true, false, false]);
  });

  it("is a placeholder on every target where it says so itself, and is asked once for each addon", async () => {
    const asked: string[] = [];
    const seat: Pick<Seat, "headersFromService"> = {
      headersFromService: async (namespace, service, port, path) => {
        asked.push(`${namespace}/${service}:${port}${path}`);
        if (service === "loki") throw new ServiceSilent("silent", "nothing answers");
        return service === "grafana" ? { "x-istio-lab-placeholder": "grafana" } : {};
      },
    };
    const found = await placeholdersOn(seat, ["grafana", "kiali", "loki"]);
    expect(asked).toEqual(["istio-system/grafana:3000/", "istio-system/kiali:20001/kiali", "istio-system/loki:3100/"]);
    expect([...found]).toEqual([addonImages.grafana]);
    for (const target of ["minikube", "azure", "existing"] as const) {
      expect(placeholderOf(of(addonImages.prometheus, addonImages.grafana), { target }, found)).toBe("grafana: a placeholder");
      expect(placeholderOf(of(addonImages.kiali), { target }, found)).toBeUndefined();
    }
  });

  it("is the real thing anywhere else", () => {
    const elsewhere = { target: "azure" } as const;
    expect([standInOf(of(images.echo), elsewhere), placeholderOf(of(addonImages.grafana), elsewhere), isPlaceholder(addonImages.grafana, elsewhere)]).toEqual([undefined, undefined, false]);
  });
});

describe("installed addons", () => {
  it("have an output each, but for Loki, which has no pages", () => {
    expect(installedAddons({ KIALI_URL: "http://x:31602", JAEGER_URL: "http://localhost:16686/jaeger" }, { addons: ["kiali", "loki"] })).toEqual(["jaeger", "loki", "kiali"]);
    expect(installedAddons({ GATEWAY_URL: "http://x" }, { addons: ["kiali", "grafana"] })).toEqual([]);
  });
});
