import { beforeAll, describe, expect, test } from "vitest";
import { pairFor } from "../config/certificates";
import { named, type Registered } from "./graph";
import { config, runProgram } from "./program";

/** That a change of this lesson touches no other one is asserted in changes.test.ts. */
const alone = { addons: [], lessons: ["blog"] };
let resources: Registered[];

beforeAll(async () => {
  ({ resources } = await runProgram(config(alone)));
});

const inputs = (name: string) => named(resources, name).inputs;
const container = (deployment: string) => inputs(deployment).spec.template.spec.containers[0];
const namespace = "blog";

/** Name → resource, of what differs from the seat without changes. */
async function changed(changes: Record<string, unknown>): Promise<Record<string, Registered>> {
  const { resources: after } = await runProgram(config({ ...alone, ...changes }));
  const before = new Map(resources.map((resource) => [resource.name, JSON.stringify(resource)]));
  return Object.fromEntries(
    after
      .filter((resource) => before.get(resource.name) !== JSON.stringify(resource))
      .map((resource) => [resource.name, resource]),
  );
}

describe("the apps", () => {
  test("my-blog: two versions behind one Service, one pod each", () => {
    expect(inputs("blog-my-blog-service")).toMatchObject({
      metadata: { name: "my-blog", namespace },
      spec: { selector: { app: "my-blog" }, ports: [{ name: "http", port: 80, targetPort: 5678 }] },
    });
    for (const version of ["v1", "v2"]) {
      expect(inputs(`blog-my-blog-${version}`)).toMatchObject({
        metadata: { name: `my-blog-${version}`, namespace, labels: { app: "my-blog", version } },
        spec: { replicas: 1 },
      });
      expect(container(`blog-my-blog-${version}`)).toMatchObject({
        image: "docker.io/hashicorp/http-echo:1.0.0",
        args: [`-text=my-blog ${version}`],
      });
    }
  });
});

describe("who may call whom", () => {
  const policy = (name: string) => inputs(`blog-namespace-security-${name}`);
  const metadata = (name: string) => ({
    apiVersion: "security.istio.io/v1",
    kind: "AuthorizationPolicy",
    metadata: { name, namespace },
  });

  test("nobody anybody, after the exceptions are there", () => {
    expect(policy("deny-all")).toEqual({ ...metadata("deny-all"), spec: {} });
    expect(named(resources, "blog-namespace-security-deny-all").dependsOn).toEqual([
      "blog-namespace-injected",
      "blog-namespace-security-allow-frontend-to-api",
      "blog-namespace-security-allow-gateway-to-my-blog",
      "istio-gateway",
    ]);
  });

  test("but frontend may GET and POST at api", () => {
    expect(policy("allow-frontend-to-api")).toEqual({
      ...metadata("allow-frontend-to-api"),
      spec: {
        selector: { matchLabels: { app: "api" } },
        action: "ALLOW",
        rules: [
          {
            from: [{ source: { principals: ["cluster.local/ns/blog/sa/frontend"] } }],
            to: [{ operation: { methods: ["GET", "POST"] } }],
          },
        ],
      },
    });
  });

  test("and the gateway, of either API, may do anything at my-blog", () => {
    expect(policy("allow-gateway-to-my-blog")).toEqual({
      ...metadata("allow-gateway-to-my-blog"),
      spec: {
        selector: { matchLabels: { app: "my-blog" } },
        action: "ALLOW",
        rules: [{ from: [{ source: { namespaces: ["istio-ingress"] } }] }],
      },
    });
  });

  test("no other lesson has such policies", () => {
    expect(
      resources
        .filter(({ type }) => type.endsWith(":AuthorizationPolicy"))
        .map(({ inputs }) => inputs.metadata.namespace),
    ).toEqual([namespace, namespace, namespace]);
  });
});

describe("the way in", () => {
  const route = (v1: number, v2?: number) => ({
    hosts: ["codewithmsmaxpro.me"],
    gateways: ["my-blog-gateway"],
    http: [
      {
        route: Object.entries({ v1, v2 })
          .filter(([, weight]) => weight !== undefined)
          .map(([subset, weight]) => ({ destination: { host: "my-blog", subset, port: { number: 80 } }, weight })),
      },
    ],
  });

  test("is by the host's name on 80 only", () => {
    expect(inputs("blog-entry-gateway")).toMatchObject({
      kind: "Gateway",
      metadata: { name: "my-blog-gateway", namespace },
    });
    expect(inputs("blog-entry-gateway").spec).toEqual({
      selector: { istio: "ingressgateway" },
      servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["blog/codewithmsmaxpro.me"] }],
    });
  });

  test("leads to v1 without weights, and both versions are subsets", () => {
    expect(inputs("blog-entry-route")).toEqual({
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: "my-blog", namespace },
      spec: route(100),
    });
    expect(inputs("blog-entry-subsets")).toMatchObject({
      kind: "DestinationRule",
      metadata: { name: "my-blog", namespace },
    });
    expect(inputs("blog-entry-subsets").spec.subsets.map(({ name }: { name: string }) => name)).toEqual(["v1", "v2"]);
  });

  test.each([
    [90, 10],
    [50, 50],
    [0, 100],
  ])("a canary of %i:%i changes the VirtualService alone", async (v1, v2) => {
    const differing = await changed({ canary: { "my-blog": { v1, v2 } } });
    expect(Object.keys(differing)).toEqual(["blog-entry-route"]);
    expect(differing["blog-entry-route"]!.inputs.spec).toEqual(route(v1, v2));
  });
});

describe("replicas that follow the weights", () => {
  test.each([
    [undefined, [9, 1]],
    [{ v1: 90, v2: 10 }, [9, 1]],
    [{ v1: 50, v2: 50 }, [5, 5]],
    [{ v1: 0, v2: 100 }, [1, 9]],
  ])("%j", async (weights, replicas) => {
    const canary = weights && { "my-blog": weights };
    // The machine is told how many sidecars to expect; its own diff makes nothing of it.
    const { "seat-machine": _, ...differing } = await changed({
      blog: { replicasFollowWeights: true },
      ...(canary && { canary }),
    });
    const versions = ["v1", "v2"]
      .map((version, index) => [`blog-my-blog-${version}`, replicas[index]] as const)
      .filter(([, count]) => count !== 1);
    expect(Object.keys(differing).sort()).toEqual(
      [...(canary ? ["blog-entry-route"] : []), ...versions.map(([name]) => name)].sort(),
    );
    for (const [name, count] of versions) expect(differing[name]!.inputs.spec.replicas).toBe(count);
  });
});

describe("https", () => {
  const servers = [
    { port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["blog/codewithmsmaxpro.me"] },
    {
      port: { number: 443, name: "https", protocol: "HTTPS" },
      hosts: ["blog/codewithmsmaxpro.me"],
      tls: { mode: "SIMPLE", credentialName: "my-blog-credential" },
    },
  ];
  const secret = (certificate: string, key: string) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "my-blog-credential", namespace: "istio-ingress" },
    type: "kubernetes.io/tls",
    data: {
      secret: {
        "tls.crt": Buffer.from(certificate).toString("base64"),
        "tls.key": Buffer.from(key).toString("base64"),
      },
    },
  });
  const added = [
    "blog-credential",
    "blog-credential-secret",
    "blog-entry-gateway",
    "blog-entry-route",
    "blog-entry-subsets",
  ];

  test("true: a certificate of the seat's own for the host, a Secret with it beside the gateway, and 443", async () => {
    const differing = await changed({ blog: { https: true } });
    expect(Object.keys(differing).sort()).toEqual([...added, "blog-credential-certificate"].sort());
    const { type, inputs: given, secretOutputs } = differing["blog-credential-certificate"]!;
    expect({ type, host: given.host, secretOutputs }).toEqual({
      type: "pulumi-nodejs:dynamic/mesh:Certificate",
      host: "codewithmsmaxpro.me",
      secretOutputs: ["key"],
    });
    expect(differing["blog-credential-secret"]!.inputs).toEqual(secret("CERTIFICATE", "KEY"));
    expect(differing["blog-entry-gateway"]!.inputs.spec.servers).toEqual(servers);
    expect(differing["blog-entry-gateway"]!.dependsOn).toContain("blog-credential-secret");
  });

  test("a given pair: that one, its key a secret", async () => {
    const pair = await pairFor();
    const differing = await changed({ blog: { https: pair } });
    expect(Object.keys(differing).sort()).toEqual([...added].sort());
    expect(differing["blog-credential-secret"]!.inputs).toEqual(secret(pair.certificate, pair.key));
    expect(JSON.stringify({ ...differing, "blog-credential-secret": undefined })).not.toContain(pair.key.slice(40, 80));
  });

  test("with the Gateway API, the same Secret, and 443 for the host at the mesh's one gateway", async () => {
    const { resources: all } = await runProgram(
      config({ lessons: ["blog"], addons: [], gatewayApi: true, blog: { https: true } }),
    );
    expect(named(all, "blog-credential-secret").inputs).toEqual(secret("CERTIFICATE", "KEY"));
    const [set, ...others] = all.filter(({ type }) => type.endsWith(":ListenerSet"));
    expect(others).toEqual([]);
    expect(set!.inputs.spec.listeners).toMatchObject([
      { hostname: "codewithmsmaxpro.me", port: 443, tls: { certificateRefs: [{ name: "my-blog-credential" }] } },
    ]);
    expect(set!.dependsOn).toContain("blog-credential-secret");
  });
});
