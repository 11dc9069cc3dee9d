import { describe, expect, it } from "vitest";
import { openedLines, pageOf, urlOf, wantsToken, type Opened, choose } from "../../../cli/open/choose";
import { addonNames } from "../../../components/addons/catalog";
import { lessonNames } from "../../../components/lessons/catalog";

const opened = (name: "kiali" | "grafana" | "jaeger", over: Partial<Opened> = {}): Opened => {
  const [one] = choose(name, [name], "embedded");
  return { ...one!, at: one!.localPort, ...over };
};

describe("what is printed", () => {
  it("is a URL for each, and how it ends", () => {
    expect(openedLines([opened("kiali"), opened("grafana")], undefined)).toEqual([
      "  Kiali    http://localhost:20001/kiali",
      "  Grafana  http://localhost:3000/",
      "",
      "Ctrl-C ends them.",
    ]);
    expect(openedLines([opened("jaeger")], undefined).at(-1)).toBe("Ctrl-C ends it.");
  });

  it("says where another port was taken, and where a placeholder answers", () => {
    const [first, second] = openedLines([opened("grafana", { at: 3001, occupant: "placeholder" })], undefined);
    expect(first).toBe(
      "  Grafana  http://localhost:3001/  (port 3000 is taken; links from other addons lead to that port)",
    );
    expect(second).toMatch(/a placeholder answers: the image of Grafana is not available on this seat/);
    expect(
      openedLines([opened("grafana", { occupant: { unknown: new Error("no endpoints available") } })], undefined)[1],
    ).toMatch(/^ +it is unknown whether Grafana itself answers, or a placeholder: no endpoints available$/);
    expect(openedLines([opened("grafana", { occupant: "real" })], undefined)[1]).toBe("");
  });

  it("has the token on a line of its own, to be copied", () => {
    const lines = openedLines([opened("kiali")], "eyJ.x.y");
    expect(lines).toContain("eyJ.x.y");
    expect(lines[lines.indexOf("eyJ.x.y") - 1]).toContain("valid for an hour");
  });
});

describe("the URL", () => {
  it("ends in a slash where the pages begin at the root", () => {
    expect(urlOf({ at: 9090, path: "" })).toBe("http://localhost:9090/");
    expect(urlOf({ at: 16686, path: "/jaeger" })).toBe("http://localhost:16686/jaeger");
  });
});

describe("the page that is opened", () => {
  it("is Kiali's graph, of the namespaces in which the seat's lessons have apps, at the port that was had", () => {
    const page = pageOf("kiali", ["blog", "admission", "bookinfo"]);
    expect(urlOf(opened("kiali", { at: 20002, ...page }))).toBe(
      "http://localhost:20002/kiali/console/graph/namespaces?namespaces=default,blog&graphType=versionedApp&edges=trafficRate,trafficDistribution&injectServiceNodes=false&boxNamespace=false&badgeSecurity=true&duration=60&refresh=10000",
    );
    expect(openedLines([opened("kiali", page)], undefined)[0]).toMatch(
      /^  Kiali  http:\/\/localhost:20001\/kiali\/console\/graph\/namespaces\?namespaces=default,blog&/,
    );
  });

  it("has the namespaces of all lessons but admission's, which runs no pods", () => {
    expect(new URL(urlOf(opened("kiali", pageOf("kiali", lessonNames)))).searchParams.get("namespaces")).toBe(
      "client,default,temperature,blog",
    );
  });

  it.each([
    ["no lesson is there", []],
    ["no lesson has pods", ["admission"]],
    ["a lesson is of a newer release", ["tomorrow"]],
  ])("is where Kiali's pages begin, where %s", (_, lessons) => {
    expect(pageOf("kiali", lessons)).toEqual({});
    expect(urlOf(opened("kiali", pageOf("kiali", lessons)))).toBe("http://localhost:20001/kiali");
  });

  it("is where its pages begin, of any other addon", () => {
    expect(addonNames.filter((name) => pageOf(name, lessonNames).page !== undefined)).toEqual(["kiali"]);
  });
});

describe("a token", () => {
  it("is made for Kiali alone, and only where it asks for one", () => {
    expect(wantsToken(["kiali", "grafana"], "token")).toBe(true);
    expect(wantsToken(["grafana"], "token")).toBe(false);
    expect(wantsToken(["kiali"], "anonymous")).toBe(false);
  });
});
