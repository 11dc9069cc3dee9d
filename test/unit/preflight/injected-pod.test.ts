import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { injectedPod, injectedPodFinding } from "../../../cli/preflight/injected-pod";
import { parseConfig } from "../../../config";
import { Api } from "../../../kube";
import { kubeconfigOf } from "../existing/api-server";

const settings = (istiod: object = {}) =>
  parseConfig({ target: "existing", istio: JSON.stringify({ hub: "mirror.example/istio", values: { istiod } }) });

/** Namespace → the API server's answer to a pod. */
let answers: Record<string, { code: number; message: string; reason?: string }>;
let asked: { url: string; body: { spec: { initContainers: object[] } } }[];
let server: http.Server;
beforeEach(async () => {
  [answers, asked] = [{}, []];
  server = http.createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => {
      asked.push({ url: `${request.method} ${request.url}`, body: JSON.parse(text) });
      const { code, ...status } = answers[request.url!.split("/")[4]!] ?? { code: 201 };
      response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(status));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});
afterEach(() => new Promise((closed) => server.close(closed)));

const finding = async ({
  wanted = ["istio-system", "istio-ingress", "client", "blog"],
  there = ["client"],
  ours = false,
} = {}) => {
  const api = new Api(kubeconfigOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  const [found, ...more] = await injectedPodFinding(api, injectedPod(settings()), { wanted, there, ours });
  expect(more).toEqual([]);
  return found!;
};

const sentence =
  'pods "istio-lab-preflight" is forbidden: violates PodSecurity "baseline:latest": non-default capabilities (container "istio-init" must not include "NET_ADMIN", "NET_RAW" in securityContext.capabilities.add)';

describe("a pod as the sidecar's injection makes it", () => {
  it("is tried by dry run alone, in the seat's namespaces that exist", async () => {
    expect(await finding()).toEqual({
      name: "injected pod",
      status: "ok",
      seen: "no policy refuses one in client, by dry run",
    });
    expect(asked.map(({ url }) => url)).toEqual(["POST /api/v1/namespaces/client/pods?dryRun=All"]);
    expect(asked[0]!.body.spec.initContainers[0]).toMatchObject({
      name: "istio-init",
      image: expect.stringMatching(/^mirror\.example\/istio\/proxyv2:/),
      securityContext: { runAsUser: 0, capabilities: { add: ["NET_ADMIN", "NET_RAW"] } },
    });
  });

  it("is tried in default where none of them exists yet", async () => {
    await finding({ there: ["istio-system", "kube-system"] });
    expect(asked.map(({ url }) => url)).toEqual(["POST /api/v1/namespaces/default/pods?dryRun=All"]);
  });

  it.each([
    ["Pod Security", { code: 403, reason: "Forbidden", message: sentence }],
    [
      "a webhook",
      {
        code: 400,
        message: 'admission webhook "validation.gatekeeper.sh" denied the request: NET_ADMIN is not allowed',
      },
    ],
    [
      "a policy of the API server",
      { code: 422, message: "ValidatingAdmissionPolicy 'no-net-admin' with binding 'all' denied request: no" },
    ],
  ])("is refused with the sentence of %s", async (_, answer) => {
    answers.client = answer;
    expect(await finding()).toEqual({
      name: "injected pod",
      status: "refused",
      seen: `namespace client: ${answer.message}`,
      todo: "Every pod of a lesson gets a sidecar, and an init container with NET_ADMIN and NET_RAW. Make the named policy allow it in client, blog, or choose another cluster.",
    });
  });

  it("is only a notice where the seat is there already: its pods may run", async () => {
    answers.client = { code: 403, message: sentence };
    expect((await finding({ ours: true })).status).toBe("notice");
  });

  it.each([
    [
      "the user may create no pods",
      {
        code: 403,
        message:
          'pods is forbidden: User "lab" cannot create resource "pods" in API group "" in the namespace "client"',
      },
    ],
    [
      "a webhook refuses every dry run",
      { code: 400, message: 'admission webhook "a.example" does not support dry run' },
    ],
    ["the API server has an error", { code: 500, message: "etcdserver: request timed out" }],
  ])("is unknown where %s", async (_, answer) => {
    answers.client = answer;
    expect(await finding()).toEqual({
      name: "injected pod",
      status: "notice",
      seen: `it is unknown whether policies allow one: ${answer.message}`,
    });
  });

  it("a quota in default is nobody's concern, where the seat has no pods there", async () => {
    answers.default = { code: 403, message: 'pods "istio-lab-preflight" is forbidden: exceeded quota: q' };
    expect((await finding({ there: [] })).status).toBe("ok");
    expect((await finding({ wanted: ["default"], there: ["default"] })).status).toBe("refused");
  });

  it("asks for no rights where Istio's CNI plugin sets the network up", () => {
    expect(injectedPod(settings({ cni: { enabled: true } }))).toMatchObject({
      spec: {
        initContainers: [
          { name: "istio-validation", securityContext: { runAsUser: 1337, capabilities: { drop: ["ALL"] } } },
          { name: "istio-proxy" },
        ],
      },
    });
  });
});
