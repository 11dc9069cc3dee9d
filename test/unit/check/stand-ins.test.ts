import { describe, expect, it } from "vitest";
import { isPlaceholder, placeholderOf, Placeholders, standInOf } from "../../../cli/check/placeholders";
import { ApiError } from "../../../kube";
import { ApiSilent } from "../../../cli/seat/api";
import { ServiceSilent, type Seat } from "../../../cli/seat/seat";
import { installedAddons } from "../../../cli/seat/stack-outputs";
import { addonImages, collectorImage } from "../../../versions";
import { images } from "../../../versions";
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
    expect(standInOf(of(addonImages.kiali), embedded)).toBe(
      'kiali: Kiali 1.89.8 in place of Kiali 2.32: an older release, with all that it has; its page "About" says which',
    );
    expect([addonImages.jaeger, addonImages.kiali].map((image) => placeholderOf(of(image), embedded))).toEqual([
      undefined,
      undefined,
    ]);
  });

  it("is a placeholder as soon as one image is, which is no stand-in", () => {
    expect(placeholderOf(of(addonImages.prometheus, addonImages.kiali, addonImages.grafana), embedded)).toBe(
      "grafana: a placeholder",
    );
    expect(placeholderOf(of(addonImages.loki, collectorImage), embedded)).toBe("loki: a placeholder");
    expect(placeholderOf(of(addonImages.loki, addonImages.grafana), embedded)).toBe("grafana, loki: placeholders");
    expect([standInOf(of(collectorImage), embedded), placeholderOf(of(collectorImage), embedded)]).toEqual([
      undefined,
      undefined,
    ]);
    expect(standInOf(of(addonImages.grafana), embedded)).toBeUndefined();
    expect(
      [addonImages.grafana, addonImages.prometheus, addonImages.kiali].map((image) => isPlaceholder(image, embedded)),
    ).toEqual([true, false, false]);
  });

  it("is the real thing anywhere else", () => {
    const elsewhere = { target: "azure" } as const;
    expect([
      standInOf(of(images.echo), elsewhere),
      placeholderOf(of(addonImages.grafana), elsewhere),
      isPlaceholder(addonImages.grafana, elsewhere),
    ]).toEqual([undefined, undefined, false]);
  });
});

describe("what answers in an addon's place", () => {
  const placeholder = { status: 200, headers: { "x-istio-lab-placeholder": "grafana" } };
  /** A seat whose Services give these answers, one after the other and the last for ever; the others are real. */
  function seatOf(answers: Record<string, (typeof placeholder | { status: number; headers: object } | Error)[]>) {
    const asked: string[] = [];
    const headFromService: Seat["headFromService"] = async (namespace, service, port, path) => {
      asked.push(`${namespace}/${service}:${port}${path}`);
      const left = answers[service] ?? [{ status: 302, headers: {} }];
      const answer = left.length > 1 ? left.shift()! : left[0]!;
      if (answer instanceof Error) throw answer;
      return answer as Awaited<ReturnType<Seat["headFromService"]>>;
    };
    return { asked, headFromService };
  }

  it.each(["minikube", "azure", "existing"] as const)(
    "on %s is a placeholder where it says so itself, and is asked once for each addon",
    async (target) => {
      const seat = seatOf({ grafana: [placeholder] });
      const placeholders = new Placeholders(seat, { target });
      const both = of(addonImages.prometheus, addonImages.grafana);
      expect(await Promise.all([placeholders.heldOf(both), placeholders.heldOf(both)])).toEqual([
        { placeholder: "grafana: a placeholder" },
        { placeholder: "grafana: a placeholder" },
      ]);
      expect(await placeholders.heldOf(of(addonImages.kiali, images.echo))).toEqual({});
      expect(await placeholders.heldOf(of(addonImages.loki))).toEqual({});
      expect(await placeholders.occupantOf("grafana")).toBe("placeholder");
      expect(seat.asked).toEqual([
        "istio-system/prometheus:9090/",
        "istio-system/grafana:3000/",
        "istio-system/kiali:20001/kiali",
        "istio-system/loki:3100/",
      ]);
    },
  );

  it("is known of the embedded seat, where nobody is asked", async () => {
    const seat = seatOf({ kiali: [placeholder] });
    const placeholders = new Placeholders(seat, embedded);
    expect([
      await placeholders.heldOf(of(addonImages.grafana)),
      await placeholders.heldOf(of(addonImages.kiali)),
    ]).toEqual([{ placeholder: "grafana: a placeholder" }, {}]);
    expect([await placeholders.occupantOf("loki"), await placeholders.occupantOf("jaeger")]).toEqual([
      "placeholder",
      "real",
    ]);
    expect(seat.asked).toEqual([]);
  });

  it.each([
    ["the API server is silent", new ApiSilent("The cluster's API server does not answer.")],
    ["the API server refuses", new ApiError(429, "too many requests")],
    ["the Service has no pod that answers", new ServiceSilent("silent", "no endpoints available")],
    ["the Service does not exist", new ServiceSilent("missing", "there is no Service grafana")],
    ["the connection breaks", new Error("read ECONNRESET")],
  ])("is unknown where %s, and is asked again", async (_, error) => {
    const seat = seatOf({ grafana: [error, error, placeholder] });
    const placeholders = new Placeholders(seat, { target: "minikube" });
    expect(await placeholders.occupantOf("grafana")).toEqual({ unknown: error });
    expect(await placeholders.heldOf(of(addonImages.prometheus, addonImages.grafana))).toEqual({
      unknown: { name: "grafana", error },
    });
    expect(await placeholders.heldOf(of(addonImages.grafana))).toEqual({ placeholder: "grafana: a placeholder" });
  });

  it.each([500, 502, 503, 504])(
    "is unknown where a %i may be a proxy's on the way; a placeholder's own is known",
    async (status) => {
      const unknown = new Placeholders(seatOf({ loki: [{ status, headers: {} }] }), { target: "minikube" });
      expect(await unknown.occupantOf("loki")).toEqual({
        unknown: new Error(`Service loki in namespace istio-system answered ${status}`),
      });
      expect(
        await new Placeholders(seatOf({ loki: [{ ...placeholder, status }] }), { target: "minikube" }).occupantOf(
          "loki",
        ),
      ).toBe("placeholder");
      expect(
        await new Placeholders(seatOf({ loki: [{ status: 404, headers: {} }] }), { target: "minikube" }).occupantOf(
          "loki",
        ),
      ).toBe("real");
    },
  );

  it("is no matter of a defect of ours", async () => {
    await expect(
      new Placeholders(seatOf({ loki: [new TypeError("x is not a function")] }), { target: "minikube" }).occupantOf(
        "loki",
      ),
    ).rejects.toThrow(TypeError);
  });
});

describe("installed addons", () => {
  it("have an output each, but for Loki, which has no pages", () => {
    expect(
      installedAddons(
        { KIALI_URL: "http://x:31602", JAEGER_URL: "http://localhost:16686/jaeger" },
        { addons: ["kiali", "loki"] },
      ),
    ).toEqual(["jaeger", "loki", "kiali"]);
    expect(installedAddons({ GATEWAY_URL: "http://x" }, { addons: ["kiali", "grafana"] })).toEqual([]);
  });
});
