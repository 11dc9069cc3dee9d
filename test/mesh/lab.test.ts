import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckReport } from "../../cli/check";
import type { TaskState } from "../../cli/check";
import type { TrafficReport } from "../../cli/traffic/report";
import { catalog, lessonNames } from "../../components/lessons/catalog";
import { binomialInterval } from "../../cli/check/binomial";
import { jsonOf, type Checkout } from "../support/checkout";
import { get, until, type Answer } from "../support/http";
import { expectEverythingAlive } from "../support/live";
import { Classroom } from "../support/roster";
import { sharedSeat } from "../support/shared-seat";
import { istio } from "../../versions";
import { CLOSED_WAYS, OPEN_WAYS, SECRETLESS, waysToRoot } from "../support/ways-to-root";

/** The tests go down the page of the course. */
const seat = sharedSeat();
let lab: Checkout;
let gateway: string;
let upOutput: string;
beforeAll(() => void ({ lab, gateway, up: upOutput } = seat));
/** Where a command that names no stack takes another one, which is not there, and is refused. */
const another = () => lab.under({ env: { PULUMI_STACK: "another" } });

describe("the seat", () => {
  it("names the Kubernetes provider that ran in one line", () => {
    expect(upOutput.match(/^Kubernetes provider: .*$/gm)).toHaveLength(1);
  });

  it("has everything alive that its state says", async () => {
    expect(await expectEverythingAlive(lab)).toBeGreaterThan(30);
  });

  it("is reached by `npm run kubectl` and `npm run pulumi`, as README says", async () => {
    expect((await lab.ok("kubectl", "get", "namespace", "client", "-o", "name")).stdout.trim()).toBe(
      "namespace/client",
    );
    expect((await lab.ok("pulumi", "stack", "output", "GATEWAY_URL")).stdout.trim()).toBe(gateway);
  });

  it("is as it was made, with nothing added: what the cluster itself has put into the lessons' namespaces is no drift", async () => {
    const { stdout } = await new Classroom(lab, {
      from: "dev",
      seats: [{ seat: "embedded", trainee: "Ada Lovelace" }],
    }).ok("drift", "--json");
    const { seats } = JSON.parse(stdout) as { seats: object[] };
    expect(seats).toEqual([
      {
        seat: "embedded",
        trainee: "Ada Lovelace",
        status: "as made",
        changed: [],
        missing: [],
        added: [],
        unclear: [],
        notAsked: [],
        shared: [],
      },
    ]);
  });

  it("broken by hand, is told with its cause, and all of it is put back by the command that is printed, also while another stack is selected; what is not its own is named", async () => {
    await lab.kubectl("delete", "peerauthentication", "default", "-n", "client");
    const broken = await lab.run("check", "--json");
    expect(broken.exitCode, broken.all).toBe(1);
    const red = jsonOf<CheckReport>(broken).results.filter(({ status }) => status === "failed");
    expect(
      red.map(({ check }) => check),
      JSON.stringify(red),
    ).toEqual(["backend-plaintext"]);
    const { cause, look, fix } = red[0]!.hint!;
    expect(cause).toMatch(/Namespace client has no PeerAuthentication/);
    await another().typed(look);

    const theirs = {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: "theirs", namespace: "kube-public" },
      spec: {
        hosts: ["temperature-service.temperature.svc.cluster.local"],
        http: [{ route: [{ destination: { host: "temperature-service.temperature.svc.cluster.local" } }] }],
      },
    };
    const affinity = JSON.stringify({ spec: { sessionAffinity: "ClientIP" } });
    await lab.kubectl("delete", "mutatingwebhookconfiguration", "istio-sidecar-injector");
    await lab.kubectl("patch", "service", "httpbin", "-n", "client", "--field-manager=OpenLens", "-p", affinity);
    await lab.kubectl("create", "quota", "small", "-n", "blog", "--hard=pods=50");
    await lab.kubectlWith(JSON.stringify(theirs), "create", "-f", "-");

    const { stdout } = await another().typed(fix);
    expect(stdout).toContain("+ PeerAuthentication client/default");
    expect(stdout).toContain("+ MutatingWebhookConfiguration istio-sidecar-injector, of the chart of release istiod");
    expect(stdout).toContain("~ Service client/httpbin: spec.sessionAffinity ClientIP → nothing");
    expect(stdout).toContain("- ResourceQuota blog/small (by kubectl-create)");
    expect(stdout).toMatch(/^ *! VirtualService kube-public\/theirs exists, and Pulumi did not make it/m);
    const [advice] = /npm run -s kubectl -- .* delete virtualservice theirs -n kube-public/.exec(stdout)!;
    await another().typed(advice);
    expect((await another().ok("repair", "--dry-run", "--stack", "embedded")).stdout).toContain(
      "Seat embedded is as it was made: there is nothing to repair.",
    );
    await lab.ok("check", "--lesson", "backend");
  });

  it("prints after up what works as it is printed, on that seat, also while another stack is selected", async () => {
    const tries = [...upOutput.matchAll(/^ {2}\d\. (.*)$/gm)].map(([, line]) => line!);
    expect(tries.map((line) => /^(curl|npm run check|npm run -s pulumi)/.exec(line)?.[1])).toEqual([
      "curl",
      "npm run check",
      "npm run -s pulumi",
    ]);
    const [, shell] = /^npx pulumi in your shell: *(eval .*)$/m.exec(upOutput)!;
    const [, kubeconfig] = /^kubectl in your shell: *(export .*)$/m.exec(upOutput)!;
    const file = lab.stackFile();
    try {
      expect((await another().typed(tries[0]!)).stdout).toContain("<title>Simple Bookstore Application</title>");
      expect((await another().typed(tries[2]!)).stdout).toMatch(/VirtualService: \(update\)[^]*default\/reviews/);
      const { stdout } = await another().typed(
        `${kubeconfig}\necho "$KUBECONFIG"\n${shell}\necho "$KUBECONFIG $PULUMI_STACK"`,
      );
      const file = path.join(fs.realpathSync(lab.seatFolder()), "kubeconfig");
      expect(stdout.trim().split("\n")).toEqual([file, `${file} embedded`]);
    } finally {
      lab.stackFile(file);
    }
  });

  it("keeps the kubeconfig secret: not in the output, not in the clear in the state", async () => {
    expect(upOutput).not.toContain("client-key-data");
    expect((await lab.pulumi("stack", "export")).stdout).not.toContain("client-key-data");
    expect((await lab.pulumi("stack", "output")).stdout).toMatch(/kubeconfig\s+\[secret\]/);
  });

  it("previews nothing right after up, and nothing after a refresh; check's advice brings back what a refresh took over", async () => {
    const unchanged = async () => (await lab.pulumiEnds("preview", "--expect-no-changes")).exitCode;
    expect(await unchanged()).toBe(0);
    await lab.pulumi("refresh", "--yes", "--skip-preview");
    expect(await unchanged()).toBe(0);

    await lab.kubectl("delete", "peerauthentication", "default", "-n", "client");
    await lab.pulumi("refresh", "--yes", "--skip-preview");
    const { results } = jsonOf<CheckReport>(await lab.run("check", "--lesson", "backend", "--json"));
    const { cause, fix } = results.find(({ check }) => check === "backend-plaintext")!.hint!;
    expect(cause).toContain("The program would still change the seat: + PeerAuthentication client/default.");
    // `up` writes the inputs in the program's words again. The refresh wrote them in the cluster's words.
    await another().typed(fix);
    expect(await unchanged()).toBe(0);
  });
});

describe("the tasks of the pages", () => {
  const tasks = async () =>
    (JSON.parse((await lab.ok("check", "--progress", "--json")).stdout) as { tasks: TaskState[] }).tasks;
  const stateOf = (all: readonly TaskState[], name: string) => all.find(({ task }) => task === name);

  it("are not done on a new seat; one is once the solution that `hint` prints has run, and stays so after it is put right", async () => {
    const fresh = await tasks();
    expect(fresh.filter(({ state }) => state !== "open" && state !== "later")).toEqual([]);
    expect([...new Set(fresh.map(({ lesson }) => lesson))]).toEqual(lessonNames);

    const name = "backend-let-plaintext-in";
    await lab.ok("hint");
    await lab.ok("hint", "--next");
    const { stdout } = await lab.ok("hint", name, "--next");
    const [, solution] = /^ {2}solution {2}(.*)$/m.exec(stdout)!;
    await another().typed(solution!);
    const broken = await tasks();
    expect(stateOf(broken, name)).toMatchObject({ state: "done", done: expect.any(String) });
    expect(stateOf(broken, "backend-keep-plaintext-out")).toMatchObject({ state: "open" });

    const strict = JSON.stringify({ spec: { mtls: { mode: "STRICT" } } });
    await lab.kubectl("patch", "peerauthentication", "default", "-n", "client", "--type=merge", "-p", strict);
    const restored = await tasks();
    expect(stateOf(restored, "backend-keep-plaintext-out")).toMatchObject({ state: "done" });
    expect(stateOf(restored, name)).toEqual(stateOf(broken, name));
  });
});

describe("bookinfo", () => {
  it("answers through the gateway's Envoy with the bookstore's page", async () => {
    const page = await get(`${gateway}/productpage`);
    expect(page.status).toBe(200);
    expect(page.headers.server).toBe("istio-envoy");
    expect(page.body).toContain("Simple Bookstore Application");
  });

  it("lists the products through the gateway", async () => {
    const answer = await get(`${gateway}/api/v1/products`);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual([expect.objectContaining({ id: 0, title: "The Comedy of Errors" })]);
  });

  it("routes only the course's paths", async () => {
    expect((await get(`${gateway}/reviews/0`)).status).toBe(404);
  });
});

describe("backend", () => {
  it("runs every pod 2/2, with istio-init and istio-proxy", async () => {
    const pods = await podsOf("client");
    expect(pods.length).toBe(3);
    for (const pod of pods) {
      const names = [...pod.spec.initContainers, ...pod.spec.containers].map((container) => container.name);
      expect(names).toEqual(expect.arrayContaining(["istio-init", "istio-proxy"]));
      const row = await lab.kubectl("get", "pod", "-n", "client", pod.metadata.name, "--no-headers");
      expect(row).toMatch(/\s2\/2\s+Running\s/);
    }
  });

  it("has the backend's hello in the client's log", async () => {
    const log = await until(
      "the client's log",
      30,
      () => lab.kubectl("logs", "-n", "client", "deploy/client-deployment", "-c", "client"),
      (text) => /hello/i.test(text),
    );
    expect(log).toContain("Hello from backend service");
  });

  it("shows httpbin who called: the client's SPIFFE identity in X-Forwarded-Client-Cert", async () => {
    const echoed = await lab.kubectl(
      "exec",
      "-n",
      "client",
      "deploy/client-deployment",
      "-c",
      "client",
      "--",
      "curl",
      "-s",
      "http://httpbin:8000/headers",
    );
    expect(echoed).toMatch(/URI=spiffe:\/\/cluster\.local\/ns\/client\/sa\/[a-z-]+/);
  });
});

describe("a pod outside the mesh, in a namespace without injection", () => {
  const OUTSIDER = ["-n", "kube-public", "outsider"];
  beforeAll(async () => {
    await lab.kubectl(
      "run",
      ...OUTSIDER,
      "--image=docker.io/curlimages/curl:8.16.0",
      "--image-pull-policy=IfNotPresent",
      "--restart=Never",
      "--command",
      "--",
      "sleep",
      "3600",
    );
    await lab.kubectl("wait", "-n", "kube-public", "--for=condition=Ready", "pod/outsider", "--timeout=60s");
  });
  afterAll(() => lab.kubectl("delete", "pod", ...OUTSIDER, "--grace-period=1").then(() => undefined));

  it.each(["productpage.default:9080/productpage", "httpbin.client:8000/headers"])(
    "is refused with plaintext by %s",
    async (url) => {
      const answer = await lab.kubectlEnds(
        "exec",
        ...OUTSIDER,
        "--",
        "curl",
        "-sS",
        "--max-time",
        "10",
        `http://${url}`,
      );
      expect(answer.exitCode, "curl's exit code").not.toBe(0);
      expect(answer.all).toContain("Connection reset by peer");
    },
  );
});

describe("a pod with all rights that its seat can give", () => {
  it("finds the machine's passwords, disks, settings, control groups and programs closed, and nothing of the machine in its /etc and /dev", async () => {
    const ways = await waysToRoot(
      (input, ...args) => lab.kubectlWith(input, ...args),
      path.join(lab.seatFolder(), "kubeconfig"),
    );
    for (const [way, stopped] of Object.entries(CLOSED_WAYS)) expect.soft(ways[way], way).toMatch(stopped);
    expect.soft(ways.etc!.split(" ").filter((name) => !SECRETLESS.etc.includes(name))).toEqual([]);
    expect.soft(ways.dev!.split(" ")).toEqual(SECRETLESS.dev);
    expect.soft(BigInt(`0x${ways.capabilities}`) & SECRETLESS.withoutCapabilities).toBe(0n);
    expect.soft(ways["its own network's settings"]).toBe("reached");
    // What a kubeconfig still means is in docs/class.md: whoever closes these takes the sentence away.
    for (const way of OPEN_WAYS) expect.soft(ways[way], way).toBe("reached");
  });
});

describe("check", () => {
  it("finds every lesson as the course teaches it, and says where a stand-in answered", async () => {
    const file = path.join(lab.root, ".lab", "checks.xml");
    // As `up` has printed it.
    const { stdout } = await lab.typed(`${/npm run check .*$/m.exec(upOutput)![0]} --junit ${file}`);
    expect(stdout).toMatch(/^(\d+) passed, 0 failed/m);
    for (const lesson of lessonNames) expect(stdout, lesson).toMatch(new RegExp(`^${lesson} `, "m"));
    expect(stdout).toContain("[stand-in]");
    const junit = fs.readFileSync(file, "utf8");
    const [, passed, placeholders] = /^(\d+) passed, 0 failed, (\d+) placeholder/m.exec(stdout)!;
    expect(junit.match(/<testcase /g)).toHaveLength(Number(passed) + Number(placeholders));
    expect(junit.match(/<skipped message="placeholder: /g)).toHaveLength(Number(placeholders));
    expect(junit).not.toContain("<failure");
    expect(await lab.kubectl("get", "namespace", "istio-lab-check", "--ignore-not-found")).toBe("");
  });

  it("checks one lesson when asked to, as JSON alone on standard output", async () => {
    const { results } = JSON.parse((await lab.ok("check", "--lesson", "blog", "--json")).stdout) as CheckReport;
    expect(results.length).toBeGreaterThan(5);
    for (const { lesson, status } of results) expect([lesson, status]).toEqual(["blog", "passed"]);
  });

  it("refuses a lesson that is not there, with those that are", async () => {
    const ended = await lab.run("check", "--lesson", "cooking");
    expect(ended.exitCode).toBe(1);
    expect(ended.all.trim().split(/\n+/)).toEqual([
      "Stack embedded, which is selected. --stack NAME takes another.",
      `--lesson cooking: stack embedded has no such lesson. It has: ${lessonNames.join(", ")}, addons, istio.`,
    ]);
  });
});

describe("istioctl", () => {
  it("is of the seat's Istio, has nothing to report of all that the lab makes, and sees every proxy", async () => {
    expect((await lab.ok("istioctl", "version", "--output", "json")).stdout).toContain(`"version": "${istio.version}"`);
    expect((await lab.ok("istioctl", "--stack", "embedded", "analyze", "-A")).all).toContain(
      "No validation issues found when analyzing all namespaces",
    );
    const proxies = (await lab.ok("istioctl", "proxy-status")).stdout.trim().split("\n").slice(1);
    const pods = await Promise.all(
      [...lessonNames.map((name) => catalog[name].namespace), "istio-ingress"].map(podsOf),
    );
    const withProxy = pods
      .flat()
      .filter(({ spec }) =>
        [...spec.containers, ...(spec.initContainers ?? [])].some(({ name }) => name === "istio-proxy"),
      );
    expect(proxies.map((line) => line.split(".")[0]).sort()).toEqual(
      withProxy.map(({ metadata }) => metadata.name).sort(),
    );
  });
});

describe("traffic", () => {
  it("keeps its rate, shows both versions, loses nothing and ends by itself", async () => {
    const report = JSON.parse(
      (await lab.ok("traffic", "--lesson", "blog", "--rate", "40", "--duration", "5", "--json")).stdout,
    ) as TrafficReport;
    expect(report.sent + report.skipped).toBe(200);
    expect(report.failed).toBe(0);
    expect(Object.keys(report.versions).sort()).toEqual(["v1", "v2"]);
  });
});

describe("canary", () => {
  it("splits 400 requests 80:20 once the proxies have the route", async () => {
    await seat.changed({ canary: { reviews: { v1: 80, v3: 20 }, "my-blog": { v1: 90, v2: 10 } } }, async () => {
      const [low, high] = binomialInterval(400, 0.2, 0.0001);
      await until(
        "the new route in productpage's proxy",
        30,
        () => versions(60),
        (seen) => seen.v3 > 0 && seen.v3 < 26,
      );
      const seen = await versions(400);
      expect(seen.v1 + seen.v3).toBe(400);
      expect(seen.v3).toBeGreaterThanOrEqual(low);
      expect(seen.v3).toBeLessThanOrEqual(high);
    });
  });

  it("gives reviews v2 black stars, v3 red ones, v1 none", async () => {
    for (const [version, stars] of [
      ["v1", undefined],
      ["v2", "black"],
      ["v3", "red"],
    ] as const) {
      const answer = await lab.kubectl(
        "exec",
        "-n",
        "default",
        `deploy/reviews-${version}`,
        "-c",
        "istio-proxy",
        "--",
        "curl",
        "-s",
        "http://127.0.0.1:9080/reviews/0",
      );
      const { reviews } = JSON.parse(answer) as { reviews: { rating?: { color: string } }[] };
      expect(reviews.map((review) => review.rating?.color)).toEqual([stars, stars]);
    }
  });
});

/** Which version of reviews each of `count` pages came from. */
async function versions(count: number): Promise<{ v1: number; v3: number }> {
  const seen = { v1: 0, v3: 0 };
  for (let sent = 0; sent < count; sent += 20) {
    const pages = await Promise.all(
      Array.from({ length: Math.min(20, count - sent) }, () => get(`${gateway}/api/v1/products/0/reviews`)),
    );
    for (const page of pages) seen[versionOf(page)] += 1;
  }
  return seen;
}

function versionOf(answer: Answer): "v1" | "v3" {
  expect(answer.status).toBe(200);
  const { podname } = JSON.parse(answer.body) as { podname: string };
  const version = /^reviews-(v1|v3)-/.exec(podname)?.[1];
  expect(version, `the pod ${podname}`).toBeDefined();
  return version as "v1" | "v3";
}

interface Pod {
  metadata: { name: string };
  spec: { containers: { name: string }[]; initContainers: { name: string }[] };
}

async function podsOf(namespace: string): Promise<Pod[]> {
  return (JSON.parse(await lab.kubectl("get", "pods", "-n", namespace, "-o", "json")) as { items: Pod[] }).items;
}
