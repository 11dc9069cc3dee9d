import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../../../base/errors";
import { isProved, type Status } from "../../../cli/check/result";
import { requireGateway } from "../../../cli/check/run";
import { PUBLISHED_PORTS } from "../../../cli/stack/entry";
import { apiOf, ApiSilent } from "../../../cli/seat/api";
import { LiveSeat } from "../../../cli/seat/live-seat";
import { type Seat, ServiceSilent } from "../../../cli/seat/seat";
import { ApiError, type KubeObject } from "../../../kube";

/** Path → what is answered; it stands in for an API server. */
let pages: Record<string, [code: number, body: unknown]>;
const asked: string[] = [];
const server = http.createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`);
  const [code, body] = pages[request.url!.split("?")[0]!] ?? [404, status("NotFound", "not found")];
  response.writeHead(code).end(typeof body === "string" ? body : JSON.stringify(body));
});
let seat: LiveSeat;
const kubeconfig = (port: number) => {
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: "c", server: `http://127.0.0.1:${port}`, skipTLSVerify: true }, { name: "u" });
  return config;
};

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  seat = new LiveSeat(kubeconfig(port), `http://127.0.0.1:${port}`);
});
beforeEach(() => void ((pages = {}), (asked.length = 0)));
afterAll(() => new Promise((closed) => (server.closeAllConnections(), server.close(closed))));

function status(reason: string, message: string) {
  return { kind: "Status", apiVersion: "v1", status: "Failure", reason, message };
}
const PODS = "/api/v1/namespaces/blog/pods";

describe("what the seat has", () => {
  it("is what the API server lists, and nothing of a kind that it does not know", async () => {
    pages[PODS] = [200, { items: [{ metadata: { name: "a" } }] }];
    expect(await seat.list(PODS, { labelSelector: "app=api" })).toEqual([{ metadata: { name: "a" } }]);
    expect(asked).toEqual([`GET ${PODS}?labelSelector=app%3Dapi`]);
    expect(await seat.list("/apis/networking.istio.io/v1/virtualservices")).toEqual([]);
    expect(await seat.get(`${PODS}/a`)).toBeUndefined();
  });

  it.each([300, 302, 401, 403, 409, 429, 500, 503])(
    "is unknown where it answers %i: that is no empty list",
    async (code) => {
      pages[PODS] = [code, status("No", "not you")];
      for (const question of [seat.list(PODS), seat.get(PODS), seat.logs("blog", { labels: { app: "api" } }, "api")]) {
        await expect(question).rejects.toThrow(new ApiError(code, "not you", "No"));
      }
    },
  );

  it("is unknown where what answers speaks no JSON, and where nobody does", async () => {
    pages[PODS] = [200, "<html>hotspot</html>"];
    await expect(seat.list(PODS)).rejects.toThrow(SyntaxError);
    await expect(apiOf(kubeconfig(1)).request("GET", PODS)).rejects.toThrow(
      new UserError("The cluster's API server does not answer (http://127.0.0.1:1: ECONNREFUSED)."),
    );
  });

  it("has logs of its running pods, the ready ones first, and none of one that is gone since", async () => {
    const pod = (name: string, ready: string, phase = "Running", more: object = {}) => ({
      metadata: { name, ...more },
      status: { phase, conditions: [{ type: "Ready", status: ready }] },
    });
    pages[PODS] = [
      200,
      {
        items: [
          pod("starting", "False"),
          pod("done", "True", "Succeeded"),
          pod("going", "True", "Running", { deletionTimestamp: "now" }),
          pod("ready", "True"),
        ],
      },
    ];
    pages[`${PODS}/ready/log`] = [200, "one\ntwo\n"];
    expect(await seat.logs("blog", { labels: { app: "api" } }, "api", { tailLines: 5, timestamps: true })).toEqual([
      { pod: "ready", line: "one" },
      { pod: "ready", line: "two" },
    ]);
    expect(asked.slice(1).sort()).toEqual([
      `GET ${PODS}/ready/log?container=api&tailLines=5&timestamps=true`,
      `GET ${PODS}/starting/log?container=api&tailLines=5&timestamps=true`,
    ]);
  });
});

describe("a Service that is asked through the API server", () => {
  const PROXY = "/api/v1/namespaces/istio-system/services/kiali:20001/proxy/healthz";
  const ask = () => seat.fromService("istio-system", "kiali", 20001, "/healthz");

  it.each([200, 404, 500, 503])("has answered where the %i is its own", async (code) => {
    pages[PROXY] = [code, "its own words"];
    expect(await ask()).toEqual({ status: code, body: "its own words" });
    pages[PROXY] = [code, { status: "Failure", message: "its own JSON" }];
    expect((await ask()).status).toBe(code);
  });

  it("has headers of its own, by which a placeholder says what it is", async () => {
    pages[PROXY] = [200, "its own words"];
    expect(await seat.headFromService("istio-system", "kiali", 20001, "/healthz")).toMatchObject({
      status: 200,
      headers: { connection: expect.any(String) },
    });
    pages[PROXY] = [503, status("ServiceUnavailable", "no endpoints available")];
    await expect(seat.headFromService("istio-system", "kiali", 20001, "/healthz")).rejects.toThrow(ServiceSilent);
  });

  it.each([
    [404, "missing"],
    [502, "silent"],
    [503, "silent"],
    [504, "silent"],
  ])("has not where the API server says %i: %s", async (code, reason) => {
    pages[PROXY] = [code, status("ServiceUnavailable", "no endpoints available")];
    await expect(ask()).rejects.toThrow(ServiceSilent);
    await expect(ask()).rejects.toMatchObject({ reason });
  });

  it.each([401, 403, 429, 500])("is not known to be silent where the API server says %i", async (code) => {
    pages[PROXY] = [code, status("Forbidden", "not you")];
    await expect(ask()).rejects.toThrow(new ApiError(code, "not you"));
  });
});

it("whether somebody may do something is the API server's own word", async () => {
  const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
  for (const allowed of [true, false]) {
    pages[path] = [201, { status: { allowed } }];
    expect(await seat.may({ user: "u", groups: [] }, { verb: "get", group: "", resource: "pods" })).toBe(allowed);
  }
  pages[path] = [403, status("Forbidden", "not you")];
  await expect(seat.may({ user: "u", groups: [] }, { verb: "get", group: "", resource: "pods" })).rejects.toThrow(
    "not you",
  );
});

describe("a gateway", () => {
  const pod = (ready: string): KubeObject => ({
    metadata: { name: "gw" },
    status: { conditions: [{ type: "Ready", status: ready }] },
  });
  const front = (type: string) => ({
    urn: "front",
    type: "kubernetes:core/v1:Service",
    outputs: { metadata: { name: "istio-ingressgateway" }, spec: { type } },
  });
  /** What the diagnosis reads of a seat, from its state and a list for each path. */
  const source = (
    resources: { urn: string; type: string }[] = [],
    list: (path: string) => Promise<KubeObject[]> = async () => [],
  ) => ({ seat: { list }, resources, namespaces: [] });
  const gateway = (code: number, pods: KubeObject[], type = "NodePort", others: { urn: string; type: string }[] = []) =>
    requireGateway(
      {
        gatewayUrl: "http://localhost:8080",
        http: async () => ({
          status: code,
          headers: {},
          body: "",
          error: code === 0 ? "ECONNREFUSED" : undefined,
          milliseconds: 1,
        }),
        list: async () => pods,
      } as unknown as Seat,
      "x2",
      async () => source([front(type), ...others]),
    );

  it.each([200, 404, 503])("that answers, with %i, is the checks' matter", async (code) => {
    await expect(gateway(code, [])).resolves.toBeUndefined();
  });

  it("that does not is refused where it has no ready pod, and where a port-forward leads to it", async () => {
    for (const pods of [[], [pod("False")]])
      await expect(gateway(0, pods)).rejects.toThrow(
        /does not answer \(ECONNREFUSED\): the gateway has no ready pod[^]*\nlook {2}npm run -s kubectl -- --stack x2 get deployments,pods -n istio-ingress\nfix {3}npm run repair -- --stack x2 --yes$/,
      );
    await expect(gateway(0, [pod("True")], "ClusterIP")).rejects.toThrow(
      /port-forward -n istio-ingress service\/istio-ingressgateway 8080:80/,
    );
    expect(await gateway(0, [pod("True")])).toBeUndefined();
  });

  it("that has no pod names the cause: what scaled it to none", async () => {
    const made = { name: "istio-ingressgateway", namespace: "istio-ingress" };
    const scaled = async (path: string) =>
      path.endsWith("/deployments") ? [{ metadata: made, spec: { replicas: 0 }, status: {} }] : [];
    const seat = { gatewayUrl: "http://localhost:8080", http: async () => ({ status: 0 }), list: async () => [] };
    await expect(requireGateway(seat as unknown as Seat, "x2", async () => source([], scaled))).rejects.toThrow(
      /no ready pod in namespace istio-ingress\.\nDeployment istio-ingress\/istio-ingressgateway has spec\.replicas 0[^]*get deployment istio-ingressgateway -n istio-ingress\nfix {3}npm run repair -- --stack x2 --yes$/,
    );
  });

  it("that does not at somebody's node ports is checked on, and the keys for published ports are named", async () => {
    const existing = [{ urn: "existing", type: "istio-lab:cluster:Existing" }];
    expect(await gateway(0, [pod("True")], "NodePort", existing)).toBe(
      `GATEWAY_URL http://localhost:8080 does not answer (ECONNREFUSED), and its pod is ready. ${PUBLISHED_PORTS}`,
    );
    expect(await gateway(200, [pod("True")], "NodePort", existing)).toBeUndefined();
    expect(await gateway(0, [pod("True")], "LoadBalancer", existing)).toBeUndefined();
  });

  it("whose API server is silent for a moment is asked once more; what it refuses is told", async () => {
    const listing = (...answers: (KubeObject[] | Error)[]) => {
      const list = async () => {
        const answer = answers.shift()!;
        if (answer instanceof Error) throw answer;
        return answer;
      };
      return requireGateway(
        {
          gatewayUrl: "http://192.0.2.1:31380",
          http: async () => ({ status: 0, headers: {}, body: "", milliseconds: 1 }),
          list,
        } as unknown as Seat,
        "x2",
        async () => source(),
      );
    };
    const silent = () => new ApiSilent("The cluster's API server does not answer.");
    await listing(silent(), [pod("True")]);
    await expect(listing(silent(), silent())).rejects.toThrow("does not answer");
    await expect(listing(new ApiError(403, "not you"), [pod("True")])).rejects.toThrow("not you");
  });
});

it.each<[Status[], boolean]>([
  [[], false],
  [["not applicable"], false],
  [["placeholder"], false],
  [["placeholder", "not applicable"], false],
  [["passed"], true],
  [["passed", "placeholder", "not applicable"], true],
  [["failed"], false],
  [["passed", "failed"], false],
  [["failed", "passed"], false],
])("a run of %j proves the seat: %s", (statuses, proved) => {
  expect(isProved(statuses.map((status) => ({ status })))).toBe(proved);
});
