import dns from "node:dns";
import { createServer, type AddressInfo, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { whoAnswers } from "../../../cli/targets/existing/cluster-status";
import { requireGone } from "../../../cli/targets/existing/lost-cluster";
import { Api, ApiError, NoCredentials, Unreachable } from "../../../kube";
import { clusterId } from "../../../components/cluster/existing/cluster-id";
import { emptyCluster, kubeconfigOf, type ApiServer } from "./api-server";

const CLUSTER = "/api/v1/namespaces/kube-system";
const NOBODY = "http://127.0.0.1:9";
let server: ApiServer;
beforeEach(async () => void (server = await emptyCluster("cluster-1")));
afterEach(() => server.stop());

/** A state whose guard has this kubeconfig. */
const state = (kubeconfig: string, id = "cluster-1") => ({
  resources: [
    {
      urn: "",
      type: "pulumi-nodejs:dynamic/cluster:Guard",
      id,
      outputs: { kubeconfig: { plaintext: JSON.stringify(kubeconfig) } },
    },
    { urn: "", type: "kubernetes:core/v1:Namespace", id: "blog" },
  ],
  pending: 0,
});
const refusal = (kubeconfig: string, given?: string) =>
  requireGone(state(kubeconfig), "shared", given).then(
    () => "gone",
    ({ name, message }: Error) => `${name}: ${message}`,
  );

describe("--cluster-is-gone", () => {
  it("takes a cluster for gone where nobody answers, and where another one does", async () => {
    expect(await refusal(kubeconfigOf(NOBODY))).toBe("gone");
    server.answers[CLUSTER] = { metadata: { uid: "cluster-2" } };
    expect(await refusal(server.kubeconfig)).toBe("gone");
  });

  it("is refused while it answers, also at the address that the stack's config means now", async () => {
    expect(await refusal(server.kubeconfig)).toMatch(
      /^UserError: --cluster-is-gone: the cluster of stack shared answers\. `npm run down -- --stack shared` deletes/,
    );
    expect(await refusal(kubeconfigOf(NOBODY), server.kubeconfig)).toMatch(/the cluster of stack shared answers/);
    expect(await refusal(kubeconfigOf(NOBODY), kubeconfigOf("http://127.0.0.1:10"))).toBe("gone");
  });

  it.each([401, 403, 404, 500, 503])(
    "is refused where %i answers, with the command that takes new credentials",
    async (status) => {
      server.answers[CLUSTER] = status;
      expect(await refusal(server.kubeconfig)).toMatch(
        new RegExp(
          `^UserError: --cluster-is-gone: The cluster of stack shared answers ${status}: not you\\.\nSo it is not known to be gone, and nothing has been forgotten.*npm run up -- --stack shared`,
        ),
      );
      expect(await refusal(kubeconfigOf(NOBODY), server.kubeconfig)).toContain(`answers ${status}`);
    },
  );

  it.each([
    ["a page", "<html>hotspot</html>"],
    ["no uid", {}],
    ["an empty uid", { metadata: { uid: "" } }],
  ])("is refused where %s answers", async (_, answer) => {
    server.answers[CLUSTER] = answer;
    expect(await refusal(server.kubeconfig)).toMatch(/what answers is not an API server/);
  });

  it("is refused where somebody speaks another protocol, until the stack's config leads to another cluster", async () => {
    const strange = kubeconfigOf(`https://127.0.0.1:${server.port}`);
    expect(await refusal(strange)).toMatch(/something answers at https:.*, and its identity is unknown/);
    expect(await refusal(strange, server.kubeconfig)).toMatch(/the cluster of stack shared answers/);
    server.answers[CLUSTER] = { metadata: { uid: "cluster-2" } };
    expect(await refusal(strange, server.kubeconfig)).toBe("gone");
    server.answers[CLUSTER] = 401;
    expect(await refusal(strange, server.kubeconfig)).not.toBe("gone");
  });

  it("is refused where the kubeconfig's own program fails: nobody was asked", async () => {
    const exec = {
      exec: { apiVersion: "client.authentication.k8s.io/v1", command: "false", interactiveMode: "Never" },
    };
    expect(await refusal(kubeconfigOf("https://127.0.0.1:9", exec))).toMatch(
      /The cluster of stack shared was not asked: its kubeconfig gives no credentials/,
    );
  });

  it("is refused where the state has objects and does not say where", async () => {
    const { resources } = state("");
    await expect(requireGone({ resources: resources.slice(1), pending: 0 }, "shared", undefined)).rejects.toThrow(
      /does not say which cluster/,
    );
    await expect(requireGone({ resources: [], pending: 0 }, "shared", undefined)).resolves.toBeUndefined();
    // A guard that was not made yet has no id; one that a refresh has emptied has no kubeconfig.
    const [guard, namespace] = state(kubeconfigOf(NOBODY)).resources;
    for (const half of [
      { ...guard!, id: undefined },
      { ...guard!, outputs: {} },
    ]) {
      await expect(
        requireGone({ resources: [half, namespace!], pending: 0 } as never, "shared", undefined),
      ).rejects.toThrow(/does not say which cluster/);
      await expect(
        requireGone({ resources: [half], pending: 0 } as never, "shared", undefined),
      ).resolves.toBeUndefined();
    }
  });
});

describe("who answers with a kubeconfig, as `up --heal` asks it", () => {
  it("is known by the cluster's id, is silent, or refuses: none of these stands for another", async () => {
    const at = `http://127.0.0.1:${server.port}`;
    expect(await whoAnswers(server.kubeconfig)).toEqual({ server: at, uid: "cluster-1" });
    expect(await whoAnswers(kubeconfigOf(NOBODY))).toEqual({
      server: NOBODY,
      silent: expect.stringContaining("ECONNREFUSED"),
    });
    server.answers[CLUSTER] = 403;
    expect(await whoAnswers(server.kubeconfig)).toEqual({ server: at, refused: `${at} answers 403: not you` });
  });
});

describe("who does not answer", () => {
  let other: Server | undefined;
  afterEach(() => {
    vi.restoreAllMocks();
    other?.close();
  });
  const asked = (address: string) => clusterId(new Api(kubeconfigOf(address))).catch((error: Error) => error);

  /** Stands for the machine's resolver, which a unit test does not ask. */
  const resolverSays = (code: string) =>
    vi
      .spyOn(dns, "lookup")
      .mockImplementation(((name: string, ...[, answer]: [unknown, (error: Error) => void]) =>
        process.nextTick(
          answer,
          Object.assign(new Error(`getaddrinfo ${code} ${name}`), { code }),
        )) as typeof dns.lookup);

  it("nobody: the connection is refused, or there is no such name", async () => {
    const resolver = resolverSays("ENOTFOUND");
    for (const address of [NOBODY, "https://127.0.0.1:9", "https://no-such-host.invalid:6443"])
      expect(await asked(address), address).toMatchObject({ name: "Unreachable", nobody: true });
    expect(resolver).toHaveBeenCalledOnce();
  });

  it("unknown: no resolver answers", async () => {
    const resolver = resolverSays("EAI_AGAIN");
    expect(await asked("https://no-such-host.invalid:6443")).toMatchObject({ name: "Unreachable", nobody: false });
    expect(resolver).toHaveBeenCalledOnce();
  });

  it("somebody, who hangs up, or speaks another protocol, or is behind a proxy", async () => {
    other = createServer((socket) => socket.on("data", () => socket.destroy()).on("error", () => undefined));
    await new Promise<void>((listening) => other!.listen(0, "127.0.0.1", listening));
    const port = (other.address() as AddressInfo).port;
    for (const address of [`http://127.0.0.1:${port}`, `https://127.0.0.1:${port}`, `https://127.0.0.1:${server.port}`])
      expect(await asked(address), address).toMatchObject({ name: "Unreachable", nobody: false });
    const behind = kubeconfigOf("https://10.255.255.1:6443").replace(
      "insecure-skip-tls-verify: true",
      "insecure-skip-tls-verify: true\n      proxy-url: http://127.0.0.1:9",
    );
    expect(await clusterId(new Api(behind)).catch((error: Error) => error)).toMatchObject({
      name: "Unreachable",
      nobody: false,
    });
  });

  it("an answer is no silence", async () => {
    server.answers[CLUSTER] = 401;
    const error = await asked(`http://127.0.0.1:${server.port}`);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).not.toBeInstanceOf(NoCredentials);
    expect(error).not.toBeInstanceOf(Unreachable);
  });
});
