import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as catalog from "../../../components/lessons/catalog";
import { showSeat } from "../../../cli/stack/summary";
import { lazily } from "../../support/lazily";

const { world } = vi.hoisted(() => ({ world: { lines: undefined as string[] | undefined } }));
vi.mock("../../../cli/stack/kubeconfig", () => ({ kubeconfigFile: async () => "/home/me/my lab/x2" }));
vi.mock("../../../cli/stack/stack", () => ({ targetOf: (stack: string) => `target of ${stack}` }));
vi.mock("../../../cli/targets", () => ({
  commandsNamed: (target: string) =>
    target === "target of x2" && world.lines !== undefined
      ? { shellLines: (stack: string, settings: string) => [...world.lines!, `${stack} ${settings}`] }
      : {},
}));

let printed: string;
const show = async (outputs: object) => {
  printed = "";
  await showSeat({ env: {} }, "x2", outputs as Record<string, unknown>);
  return printed;
};
const tries = () => [...printed.matchAll(/^ {2}([1-9])\. (.*)$/gm)].map(([, number, line]) => [Number(number), line!]);

beforeEach(() => {
  world.lines = undefined;
  lazily({
    "../../components/lessons/catalog": catalog,
    "./settings": { settingsOf: async (_: unknown, stack: string) => `settings of ${stack}` },
  });
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((printed += String(text)), true));
});
afterEach(() => void vi.restoreAllMocks());

describe("the summary of up", () => {
  it("has a row for each output and each lesson, one below the other", async () => {
    await show({
      GATEWAY_URL: "http://10.0.0.1:80",
      lessons: { bookinfo: "http://10.0.0.1:80/productpage" },
      n: 1,
      none: null,
    });
    const rows = printed.split("\n").filter((line) => /^ {2}\S/.test(line) && !/^ {2}\d\./.test(line));
    const width = "lessons.bookinfo".length;
    expect(rows).toEqual([
      `  ${"GATEWAY_URL".padEnd(width)}  http://10.0.0.1:80`,
      "  lessons.bookinfo  http://10.0.0.1:80/productpage",
      `  ${"n".padEnd(width)}  1`,
      `  ${"none".padEnd(width)}  null`,
    ]);
  });

  it("names three things to try: a page at the seat's own URL, the check, and a canary of the lessons that are there", async () => {
    await show({ GATEWAY_URL: "http://10.0.0.1:80", lessons: { bookinfo: "", blog: "" } });
    expect(tries().map(([number]) => number)).toEqual([1, 2, 3]);
    const [page, check, canary] = tries().map(([, line]) => line as string);
    expect(page).toContain("http://10.0.0.1:80");
    expect(page).not.toContain("$URL");
    expect(check).toBe("npm run check -- --stack x2");
    const [service, versions] = Object.entries(catalog.lessonOf("bookinfo").canary)[0]!;
    const weights = [...canary!.matchAll(/istio-lab:canary\.([\w-]+)\.(\w+)=(\d+)/g)].map(([, ...parts]) => parts);
    expect(weights).toEqual([
      [service, versions[0], "80"],
      [service, versions.at(-1), "20"],
    ]);
    // Both of its commands are about this stack.
    expect(canary!.split("&&").every((command) => / --stack x2\b/.test(command))).toBe(true);
  });

  it("offers what is always there where no lesson is", async () => {
    await show({ GATEWAY_URL: "http://10.0.0.1:80" });
    expect(tries().map(([, line]) => line)).toEqual([
      "npm run -s kubectl -- --stack x2 get pods -A",
      expect.stringMatching(/^npm run -s pulumi -- preview .*--stack x2|--stack x2.* preview/),
    ]);
  });

  it("says which pages are there only while they are forwarded", async () => {
    const far = {
      GATEWAY_URL: "http://localhost:1",
      KIALI_URL: "http://localhost:2",
      GRAFANA_URL: "http://10.0.0.1:3",
    };
    await show(far);
    expect(printed).not.toContain("npm run open");
    await show({
      ...far,
      JAEGER_URL: "http://localhost:4",
      PROMETHEUS_URL: "http://localhost:5",
      host: "http://localhost:6",
    });
    expect(printed).toMatch(/^JAEGER_URL, PROMETHEUS_URL: .*npm run open -- --stack x2/m);
  });

  it("ends with lines for the user's own shell, the target's last", async () => {
    await show({});
    expect(printed).toContain("export KUBECONFIG='/home/me/my lab/x2'\n");
    expect(printed).toMatch(/eval "\$\(npm run -s env -- --stack x2\)"\n$/);
    world.lines = ["minikube in your shell: …"];
    await show({});
    expect(printed).toMatch(/env -- --stack x2\)"\nminikube in your shell: …\nx2 settings of x2\n$/);
  });
});
