import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  analyzerOf,
  type AnalysisMessage,
  concernsCheck,
  messagesIn,
  messageText,
  originOf,
} from "../../../cli/check/analysis";
import { analysis } from "../../../cli/check/probes/analysis";
import { lessonAnalysis, meshAnalysis } from "../../../components/lessons/checks/analysis";
import type { AnalysisCheck, CheckBase } from "../../../components/lessons/checks/check";
import type { Workspace } from "../../../cli/stack/workspace";
import { singleRun } from "../../../base/single-run";
import { Interrupted, UserError } from "../../../base/errors";
import { settingsWith } from "./settings";

const { world } = vi.hoisted(() => ({ world: { program: "" as string | Error } }));
vi.mock("../../../cli/seat/istioctl", () => ({
  istioctlOf: async (_: unknown, stack: string, say: (line: string) => void) => {
    say(`looks for istioctl of ${stack}`);
    if (world.program instanceof Error) throw world.program;
    return world.program;
  },
}));

const message = (origin: string | undefined, more: Partial<AnalysisMessage> = {}): AnalysisMessage => ({
  code: "IST0101",
  level: "Error",
  message: 'Referenced host not found: "nobody"',
  documentationUrl: "https://istio.io/latest/docs/reference/config/analysis/ist0101/",
  ...(origin !== undefined && { origin }),
  ...more,
});
const bookinfo = lessonAnalysis("bookinfo", settingsWith()) as AnalysisCheck & CheckBase;
const blog = lessonAnalysis("blog", settingsWith()) as AnalysisCheck & CheckBase;
const mesh = meshAnalysis({ gatewayApi: false }) as AnalysisCheck & CheckBase;

describe("the messages of istioctl analyze", () => {
  it("are read with their code, object, sentence and link, which leads to the page itself", () => {
    const printed = {
      code: "IST0118",
      documentationUrl: "https://istio.io/latest/docs/reference/config/analysis/ist0118/?ref=istioctl-analyze",
      level: "Info",
      message: "Port name  (port: 80, targetPort: 80) doesn't follow the naming convention of Istio port.",
      origin: "Service blog/new",
    };
    expect(messagesIn(JSON.stringify([{ ...printed, reference: "x" }]))).toEqual([
      { ...printed, documentationUrl: "https://istio.io/latest/docs/reference/config/analysis/ist0118/" },
    ]);
    expect(messagesIn("[]")).toEqual([]);
    expect(messageText(message("VirtualService blog/my-blog"))).toBe(
      'IST0101, VirtualService blog/my-blog: Referenced host not found: "nobody" (https://istio.io/latest/docs/reference/config/analysis/ist0101/)',
    );
    expect(messageText(message(undefined))).toMatch(/^IST0101: Referenced/);
  });

  it.each([
    "",
    "null",
    "{}",
    "[1]",
    '[{"code": "IST0101"}]',
    '[{"code":"a","level":"b","message":"c","documentationUrl":"d","origin":7}]',
  ])("are none where something else is printed: %s", (text) =>
    expect(() => messagesIn(text)).toThrow(/^istioctl analyze printed something unknown/),
  );

  it("name an object with its namespace, or one of the cluster", () => {
    expect(originOf(message("VirtualService blog/my-blog"))).toEqual({
      kind: "VirtualService",
      namespace: "blog",
      name: "my-blog",
    });
    expect(originOf(message("Namespace blog"))).toEqual({ kind: "Namespace", name: "blog" });
    expect(originOf(message(undefined))).toBeUndefined();
    expect(originOf(message("(unknown)"))).toBeUndefined();
  });

  it.each<[string | undefined, string[]]>([
    ["VirtualService blog/my-blog", ["blog"]],
    ["Namespace blog", ["blog"]],
    ["VirtualService default/bookinfo", ["bookinfo"]],
    ["Pod default/reviews-v1-7d5", ["bookinfo"]],
    ["Service default/reviews", ["bookinfo"]],
    ["Pod default/somebodys", []],
    ["Service default/reviewsomething", []],
    ["Pod blog/somebodys", ["blog"]],
    ["Namespace default", ["bookinfo"]],
    ["Namespace somebodys", []],
    ["VirtualService somebodys/route", []],
    ["EnvoyFilter istio-system/metrics", ["mesh", "meshOfGatewayApi"]],
    ["Deployment istio-ingress/istio-ingressgateway", ["mesh", "meshOfGatewayApi"]],
    ["Namespace istio-ingress", ["mesh", "meshOfGatewayApi"]],
    ["MutatingWebhookConfiguration istio-sidecar-injector", ["mesh", "meshOfGatewayApi"]],
    ["CustomResourceDefinition httproutes.gateway.networking.k8s.io", ["meshOfGatewayApi"]],
    [undefined, ["mesh", "meshOfGatewayApi"]],
  ])("of %s concern the check of %j", (origin, names) => {
    const meshOfGatewayApi = meshAnalysis({ gatewayApi: true }) as typeof mesh;
    const concerned = Object.entries({ blog, bookinfo, mesh, meshOfGatewayApi }).filter(([, spec]) =>
      concernsCheck(message(origin), spec),
    );
    expect(concerned.map(([name]) => name)).toEqual(names);
  });
});

describe("the check", () => {
  it("is green without a message, and red with the first one and their number", () => {
    expect(analysis.evaluate(blog, { messages: [message("VirtualService default/bookinfo")] })).toEqual({
      ok: true,
      seen: "istioctl analyze has no message",
    });
    const two = [message("VirtualService blog/my-blog"), message("Namespace blog", { level: "Info" })];
    expect(analysis.evaluate(blog, { messages: two })).toEqual({
      ok: false,
      seen: 'IST0101 VirtualService blog/my-blog: Referenced host not found: "nobody", and 1 more',
      evidence: { analysis: two },
    });
  });

  it("says nothing about the seat where istioctl was not asked", () => {
    expect(analysis.evaluate(blog, { notAsked: "PATH has none." })).toEqual({
      ok: false,
      notApplicable: true,
      seen: "istioctl was not asked. PATH has none.",
    });
  });
});

describe("istioctl", () => {
  const seat = { workspace: {} as Workspace, stack: "x2", kubeconfigFile: "/kube/x2" };
  const signal = new AbortController().signal;
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-analysis-"));
    world.program = path.join(folder, "istioctl");
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));
  const program = (script: string) =>
    fs.writeFileSync(path.join(folder, "istioctl"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

  it("analyzes all namespaces of the seat once for the checks that ask at the same time", async () => {
    program(`echo "$KUBECONFIG $*" >> ${folder}/asked; sleep 0.1; echo '[]'`);
    const said: string[] = [];
    const ask = await analyzerOf([blog, mesh], seat, signal, (line) => said.push(line));
    expect(await Promise.all([ask(), ask()])).toEqual([{ messages: [] }, { messages: [] }]);
    const once = "/kube/x2 analyze --all-namespaces --output json\n";
    expect(fs.readFileSync(path.join(folder, "asked"), "utf8")).toBe(once);
    await ask();
    expect(fs.readFileSync(path.join(folder, "asked"), "utf8"), "a later question is a new one").toBe(once + once);
    expect(said).toEqual(["looks for istioctl of x2"]);
  });

  it("that fails is an error with its words, and never a seat without a message", async () => {
    program("echo '[]'; echo 'Error: connection refused' >&2; exit 1");
    const ask = await analyzerOf([blog], seat, signal, () => undefined);
    await expect(ask()).rejects.toThrow("istioctl analyze failed: Error: connection refused");
  });

  it("that cannot be had is not asked; a defect stays one", async () => {
    world.program = new UserError("PATH has none.");
    expect(await (await analyzerOf([blog], seat, signal, () => undefined))()).toEqual({ notAsked: "PATH has none." });
    for (const other of [new TypeError("a defect"), new Interrupted("Ctrl-C", 130)]) {
      world.program = other;
      await expect(analyzerOf([blog], seat, signal, () => undefined)).rejects.toBe(other);
    }
  });

  it("is not looked for where no check needs it", async () => {
    world.program = new TypeError("a defect");
    const others = [{ ...blog, kind: "answer", cases: [] } as const];
    expect(await (await analyzerOf(others, seat, signal, () => undefined))()).toEqual({
      notAsked: "No check of this run needs it.",
    });
  });

  it("is asked again after a run that failed", async () => {
    const answers = [Promise.reject(new Error("once")), Promise.resolve("then")];
    const ask = singleRun(() => answers.shift()!);
    await expect(ask()).rejects.toThrow("once");
    expect(await ask()).toBe("then");
  });
});
