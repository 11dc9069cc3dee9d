import { randomBytes } from "node:crypto";
import * as net from "node:net";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import type { CheckReport } from "../../cli/check";
import { addonNames, type AddonName } from "../../components/addons/catalog";
import { kialiNodePort } from "../../components/cluster/ingress";
import { KIALI, pinned } from "../../embedded/toolchain/modules";
import { type Checkout, userEnvironment } from "../support/checkout";
import { get, until } from "../support/http";
import { INSTALLED, sharedSeat } from "../support/shared-seat";
import { addonObjects, idOf } from "../unit/addons/seat";

const kialiVersion = pinned("kiali", KIALI).slice(1);

/** A seat with every addon that can stand beside the others. */
const seat = sharedSeat();
let lab: Checkout;
let gateway: string;
let upOutput: string;
beforeAll(() => void ({ lab, gateway, up: upOutput } = seat));

describe("a seat with addons", () => {
  it("prints the URLs of those with pages, and how the ones of localhost come alive", () => {
    for (const name of ["KIALI_URL", "PROMETHEUS_URL", "GRAFANA_URL", "JAEGER_URL"])
      expect(upOutput).toMatch(new RegExp(`^  ${name} +http://`, "m"));
    expect(upOutput).not.toContain("ZIPKIN_URL");
    expect(upOutput.match(/^.*`npm run open -- --stack embedded`.*$/gm)).toHaveLength(1);
  });
});

describe("check", () => {
  it("passes what is real, and never what a placeholder answers", async () => {
    const { results } = JSON.parse((await lab.ok("check", "--lesson", "addons", "--json")).stdout) as CheckReport;
    expect(Object.fromEntries(results.map(({ check, status }) => [check, status]))).toEqual({
      "addon-pods": "placeholder",
      "prometheus-requests": "passed",
      "jaeger-trace": "passed",
      "collector-access-log": "passed",
      "loki-access-log": "placeholder",
      "grafana-dashboards": "placeholder",
      "kiali-answer": "passed",
      "kiali-view-only": "passed",
    });
  });
});

describe("Prometheus", () => {
  it("scrapes the gateway, every sidecar, and itself", async () => {
    const { data } = (await api("/api/v1/query?query=up", "prometheus:9090")) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    const up = data.result
      .filter(({ metric, value }) => metric.job === "kubernetes-pods" && value[1] === "1")
      .map(({ metric }) => metric.app);
    for (const app of ["istio-ingressgateway", "productpage", "details", "reviews", "ratings", "istiod"])
      expect(up, app).toContain(app);
  });
});

describe("Jaeger", () => {
  it("has the trace of one product page, with a span of every service on its way, by the id that the request brought", async () => {
    interface Trace {
      spans: { processID: string; traceID: string }[];
      processes: Record<string, { serviceName: string }>;
    }
    // Half of the pages are made by reviews v1, which asks for no ratings.
    const ids = Array.from({ length: 16 }, () => randomBytes(16).toString("hex"));
    for (const id of ids)
      expect((await get(`${gateway}/productpage`, { "x-b3-traceid": id, "x-b3-spanid": id.slice(16) })).status).toBe(
        200,
      );
    const traces = () =>
      Promise.all(
        ids.map((id) =>
          api(`/jaeger/api/traces/${id}`, "tracing:80").then(
            ({ data }) => data[0] as Trace,
            () => undefined,
          ),
        ),
      );
    const servicesOf = (trace: Trace | undefined) => [
      ...new Set(trace?.spans.map(({ processID }) => trace.processes[processID]!.serviceName.split(".")[0])),
    ];
    const isWhole = (trace: Trace | undefined) =>
      ["istio-ingressgateway", "productpage", "details", "reviews", "ratings"].every((service) =>
        servicesOf(trace).includes(service),
      );
    const found = await until("a whole trace of each", 30, traces, (all) => all.every(Boolean) && all.some(isWhole));
    const whole = found.find(isWhole)!;
    // Caller's and callee's span of each call: the page, its details, its reviews and their ratings, and what the product page asks for once more.
    expect(whole.spans.length).toBeGreaterThanOrEqual(8);
    expect(new Set(whole.spans.map(({ traceID }) => traceID))).toEqual(new Set([ids[found.indexOf(whole)]]));
  });
});

describe("Kiali", () => {
  it("answers at the node's port 31602, from outside the seat, as in the course to the letter", async () => {
    const url = await lab.output("KIALI_URL");
    expect(url).toBe(`http://${await lab.output("INGRESS_HOST")}:${kialiNodePort}`);
    const { status, headers, body } = await get(url);
    expect([status, headers.location]).toEqual([302, "/kiali/"]);
    expect(body.trimEnd()).toBe('<a href="/kiali/">Found</a>.');
    const page = await get(`${url}/kiali/`);
    expect([page.status, page.headers["x-istio-lab-placeholder"]]).toEqual([200, undefined]);
    expect(page.body).toMatch(
      /<base href="\/kiali\/" \/>[^]*<title>Kiali<\/title>[^]*main\.css[^]*<div id="root"><\/div><script defer src="\.\/main\.js">/,
    );
    for (const part of ["main.js", "main.css", "env.js", "locales/en/translation.json"])
      expect((await get(`${url}/kiali/${part}`)).status, part).toBe(200);
  });

  it("is the release that the seat says, reads Prometheus and Jaeger, and links to the pages of Grafana and Jaeger", async () => {
    const { status, externalServices } = await kiali("status");
    expect(status).toMatchObject({ "Kiali version": `v${kialiVersion}`, "Kiali state": "running" });
    expect(externalServices).toMatchObject([
      { version: expect.stringMatching(/^v1\.36/) },
      { name: "Prometheus", version: "3.10.0" },
      { name: "Grafana", url: "http://localhost:3000" },
      { name: "jaeger", url: "http://localhost:16686/jaeger" },
    ]);
    expect((await get(`${gateway}/productpage`)).status).toBe(200);
    const traces = () => kiali("namespaces/default/services/productpage/traces?startMicros=0&limit=5");
    const { data } = await until("a trace of Jaeger's in Kiali", 20, traces, ({ data }) => data?.length > 0);
    expect(
      Object.values(data[0].processes as { serviceName: string }[]).map(({ serviceName }) => serviceName),
    ).toContain("productpage.default");
  });

  it("finds nothing wrong with the mesh: no error and no warning in any namespace", async () => {
    const found = (await kiali("istio/validations")) as {
      namespace: string;
      errors: number;
      warnings: number;
      objectCount: number;
    }[];
    expect(found.map(({ namespace }) => namespace)).toEqual(
      expect.arrayContaining(["blog", "client", "default", "temperature"]),
    );
    expect(found.filter(({ errors, warnings }) => errors + warnings > 0)).toEqual([]);
    expect(found.find(({ namespace }) => namespace === "default")!.objectCount).toBeGreaterThan(5);
  });

  it("writes for nobody: not by its API, and not by a button, for which its pages ask what is allowed", async () => {
    const { default: allowed } = await kiali("istio/permissions?namespaces=default");
    expect(Object.values(allowed as Record<string, object>).map((one) => Object.values(one).some(Boolean))).toEqual(
      Object.keys(allowed).map(() => false),
    );
    const url = `${await lab.output("KIALI_URL")}/kiali/api/namespaces/default/istio/virtualservices/reviews`;
    for (const request of [{ method: "PATCH", body: "{}" }, { method: "DELETE" }]) {
      const answer = await fetch(url, request);
      // Kiali hands on what the API server says of its role.
      expect([answer.status, await answer.text()]).toEqual([
        500,
        expect.stringMatching(/virtualservices\S* \\?"reviews\\?" is forbidden/),
      ]);
    }
    expect(await lab.kubectl("get", "virtualservice", "reviews", "-n", "default", "-o", "name")).toContain("reviews");
  });

  it.each([
    ["no", ["patch", "virtualservices.networking.istio.io", "-n", "default"]],
    ["no", ["create", "authorizationpolicies.security.istio.io", "-n", "default"]],
    ["no", ["delete", "pods", "-n", "default"]],
    ["no", ["create", "pods/portforward", "-n", "istio-system"]],
    ["no", ["patch", "deployments.apps", "-n", "istio-system"]],
    ["no", ["patch", "namespaces"]],
    ["no", ["get", "secrets", "-n", "istio-system"]],
    ["yes", ["list", "pods", "-A"]],
    ["yes", ["watch", "virtualservices.networking.istio.io", "-A"]],
    ["yes", ["create", "tokenreviews.authentication.k8s.io"]],
  ])("has by the API server's word: %s to %j", async (word, question) => {
    const { stdout } = await lab.kubectlEnds(
      "auth",
      "can-i",
      ...question,
      "--as=system:serviceaccount:istio-system:kiali",
      "--as-group=system:serviceaccounts",
      "--as-group=system:serviceaccounts:istio-system",
      "--as-group=system:authenticated",
    );
    expect(stdout.trim()).toBe(word);
  });
});

describe("every object of every addon", () => {
  const storage = { prometheus: "1Gi", grafana: "1Gi", jaeger: "1Gi", loki: "1Gi" };

  it.each([
    ["with Jaeger", addonNames.filter((name) => name !== "zipkin"), {}],
    ["with Zipkin", addonNames.filter((name) => name !== "jaeger"), {}],
    [
      "with a Kiali that writes, for who has a token",
      ["kiali", "prometheus"] as AddonName[],
      { kiali: { auth: "token", viewOnly: false } },
    ],
    ["with what they collect kept", addonNames.filter((name) => name !== "zipkin"), { storage }],
  ])("is accepted by the API server, by server-side apply: %s", async (_, addons, changes) => {
    const rendered = await addonObjects(addons, changes);
    // In a namespace that has none of them, so that it is a new object; but for Kiali's node port, which is one for the whole cluster.
    const items = rendered.map(({ inputs }) => ({
      ...inputs,
      ...unlocked(inputs),
      metadata: {
        ...inputs.metadata,
        ...(inputs.metadata.namespace && inputs.metadata.name !== "kialinodeport" && { namespace: "kube-public" }),
      },
    }));
    const applied = await lab.kubectlWith(
      JSON.stringify({ apiVersion: "v1", kind: "List", items }),
      "apply",
      "--server-side",
      "--force-conflicts",
      "--dry-run=server",
      "--field-manager=test",
      "-f",
      "-",
    );
    expect(applied.match(/serverside-applied \(server dry run\)$/gm), applied).toHaveLength(items.length);
    expect(items.length, rendered.map(idOf).join(", ")).toBeGreaterThan(8);
  });
});

describe("npm run open", () => {
  it("gives an addon at this machine's port, also after its pod was made anew, and ends by Ctrl-C with nothing left", async () => {
    // By itself: the shell between npm and a script ends by the signal, whatever the script does.
    const open = execa(process.execPath, ["cli/run.mjs", "open", "jaeger"], {
      cwd: lab.root,
      env: userEnvironment(),
      extendEnv: false,
      reject: false,
      stdin: "ignore",
    });
    let printed = "";
    open.stdout.on("data", (text: Buffer | string) => (printed += String(text)));
    try {
      const [, url, port] = /(http:\/\/localhost:(\d+)\/jaeger)$/m.exec(
        await until(
          "its URL",
          30,
          async () => printed,
          (text) => /localhost:\d+\/jaeger$/m.test(text),
        ),
      )!;
      const services = async () => JSON.parse((await get(`${url}/api/services`)).body) as { data: string[] };
      expect((await get(`${gateway}/productpage`)).status).toBe(200);
      await until("Jaeger's pages through it", 20, services, ({ data }) => data.includes("productpage.default"));
      await lab.kubectl("delete", "pods", "-n", "istio-system", "-l", "app=jaeger");
      await lab.kubectl("rollout", "status", "deployment/jaeger", "-n", "istio-system", "--timeout=90s");
      await until("the new pod's answer", 20, services, ({ data }) => Array.isArray(data));
      open.kill("SIGINT");
      expect((await open).exitCode).toBe(0);
      expect(await connects(Number(port))).toBe(false);
    } finally {
      open.kill("SIGKILL");
    }
  });

  it("says in one line what is not installed, and how to add it", async () => {
    const { exitCode, all } = await lab.run("open", "zipkin");
    expect([exitCode, ...all.trim().split(/\n+/)]).toEqual([
      1,
      "Stack embedded, which is selected. --stack NAME takes another.",
      "Zipkin is not installed on the seat of stack embedded. Add zipkin to istio-lab:addons, then `npm run up -- --stack embedded`.",
    ]);
  });
});

describe("an addon less, Zipkin in Jaeger's place, and a Kiali for who has a token", () => {
  it("leaves nothing of the one, which comes again; Zipkin has a page's trace; Kiali lets in whoever has one, and lets them write", async () => {
    const ofLoki = async () =>
      (
        await Promise.all(
          ["app.kubernetes.io/name=loki", "app=opentelemetry-collector"].map((label) =>
            lab.kubectl(
              "get",
              "deployments,statefulsets,replicasets,pods,services,configmaps,serviceaccounts,persistentvolumeclaims,clusterroles,clusterrolebindings",
              "-n",
              "istio-system",
              "-l",
              label,
              "-o",
              "name",
            ),
          ),
        )
      )
        .join("\n")
        .trim();
    expect(await ofLoki()).toContain("statefulset.apps/loki");
    await seat.changed(
      {
        addons: [...INSTALLED.filter((name) => name !== "loki" && name !== "jaeger"), "zipkin"],
        kiali: { auth: "token", viewOnly: false },
      },
      async () => {
        await until("everything of Loki's gone", 30, ofLoki, (names) => names === "");
        expect(
          await lab.kubectl(
            "get",
            "telemetries",
            "-n",
            "istio-system",
            "-o",
            "jsonpath={.items[*].spec.accessLogging}",
          ),
        ).toBe("");
        const { results } = JSON.parse((await lab.ok("check", "--lesson", "addons", "--json")).stdout) as CheckReport;
        expect(results.find(({ check }) => check === "zipkin-trace")?.status).toBe("passed");
        await signedIn();
      },
    );
    expect(await ofLoki()).toContain("statefulset.apps/loki");
  });
});

/** With a token of the cluster's, as `npm run open kiali` prints one. */
async function signedIn(): Promise<void> {
  const url = `${await lab.output("KIALI_URL")}/kiali/api`;
  const signIn = (token: string) =>
    fetch(`${url}/authenticate`, { method: "POST", body: new URLSearchParams({ token }) });
  expect((await fetch(`${url}/namespaces`)).status).toBe(401);
  expect((await signIn("a.b.c")).status).toBe(401);
  const answer = await signIn(
    (await lab.kubectl("create", "token", "kiali", "-n", "istio-system", "--duration=10m")).trim(),
  );
  expect(answer.status).toBe(200);
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  const asked = async (path: string) => (await fetch(`${url}/${path}`, { headers: { cookie } })).json() as Promise<any>;
  expect(((await asked("namespaces")) as { name: string }[]).map(({ name }) => name)).toContain("temperature");
  expect((await asked("istio/permissions?namespaces=default")).default.gateways).toEqual({
    create: true,
    update: true,
    delete: true,
  });
}

/** What Kiali's pages ask of it. */
async function kiali(path: string): Promise<any> {
  return JSON.parse((await get(`${await lab.output("KIALI_URL")}/kiali/api/${path}`)).body);
}

/** The unit tests' program marks what it keeps secret, and makes no key. */
function unlocked({ kind, stringData }: Record<string, any>): object {
  return kind === "Secret"
    ? {
        stringData: Object.fromEntries(
          Object.keys(stringData.secret ?? stringData).map((name) => [name, "0123456789abcdef"]),
        ),
      }
    : {};
}

/** A page of a Service, through the API server, by kubectl. */
async function api(path: string, service: string): Promise<any> {
  return JSON.parse(
    await lab.kubectl("get", "--raw", `/api/v1/namespaces/istio-system/services/${service}/proxy${path}`),
  );
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => (socket.destroy(), resolve(true)));
    socket.on("error", () => resolve(false));
  });
}
