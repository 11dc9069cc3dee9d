import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { capacity, namespaces } from "../../../components/cluster/existing/capacity";
import { requirements, type Wanted } from "../../../components/cluster/existing/rules";
import type { ClusterKind, Thing } from "../../../components/cluster/existing/inventory";
import type { Survey, SurveyedService } from "../../../components/cluster/existing/survey";
import { istio, istioMinor, kubernetesRange } from "../../../versions";

const { from, to } = istio.kubernetes;

const GiB = 2 ** 30;
const empty: Survey = {
  uid: "cluster-1",
  version: { major: 1, minor: 34, text: "1.34.2" },
  missingRights: [],
  nodes: [{ name: "node", internal: ["10.0.0.4"], external: [], usable: true, cpu: 4000, memory: 8 * GiB }],
  pods: [],
  services: [],
  inventory: { things: [], listed: [] },
  controlPlanes: [],
  namespaces: ["default", "kube-system"],
};
const wanted: Wanted = { stack: "x2", ours: false, serviceType: "NodePort", gatewayApi: false };
/** What a cluster has of Istio or the Gateway API. */
const inventory = (...things: Thing[]) => ({ inventory: { things, listed: [] } });
const thing = (kind: ClusterKind, name: string, release?: string): Thing => ({
  kind,
  name,
  uid: name,
  istiods: false,
  ...(release !== undefined && { release }),
});
const service = (changes: Partial<SurveyedService>): SurveyedService => ({
  id: "kong/kong-proxy",
  type: "LoadBalancer",
  ports: [80, 443],
  nodePorts: [],
  addresses: [],
  ...changes,
});

/** `status name` of each, and what was seen where it is not ok. */
const said = (survey: Partial<Survey>, changes: Partial<Wanted> = {}) =>
  requirements({ ...empty, ...survey }, { ...wanted, ...changes }).map(
    ({ name, status, seen }) => `${status} ${name}${status === "ok" ? "" : `: ${seen}`}`,
  );
const notOk = (survey: Partial<Survey>, changes: Partial<Wanted> = {}) =>
  said(survey, changes).filter((line) => !line.startsWith("ok "));

test("an empty cluster has nothing against it, and each thing that was looked at has its line", () => {
  expect(said({})).toEqual(["ok Kubernetes version", "ok rights", "ok Istio", "ok node ports"]);
  expect(said({}, { gatewayApi: true, serviceType: "LoadBalancer" })).toEqual([
    "ok Kubernetes version",
    "ok rights",
    "ok Istio",
    "ok Gateway API",
    "ok node ports",
    "ok external address",
  ]);
});

describe("the nodes' architecture", () => {
  const nodes = (...architectures: string[]) => ({
    nodes: architectures.map((architecture, index) => ({ ...empty.nodes[0]!, name: `n${index + 1}`, architecture })),
  });
  const amd64Only = ["docker.io/amrelhewy/service-mesh-temp-api:1.0"];
  const of = (survey: Partial<Survey>, changes: Partial<Wanted> = {}) =>
    said(survey, changes).filter((line) => line.includes(" architecture"));

  test("that the images are for is right, and of a node that does not say it nothing is said", () => {
    expect(of(nodes("amd64", "amd64"), { amd64Only })).toEqual(["ok architecture"]);
    expect(of({}, { amd64Only })).toEqual([]);
  });

  test("arm64 is refused by the names of the node and of the images that are not for it, one such node among others too", () => {
    const line =
      "refused architecture: node n2 is arm64, and of docker.io/amrelhewy/service-mesh-temp-api:1.0 only amd64 is known";
    expect(of(nodes("amd64", "arm64"), { amd64Only })).toEqual([line]);
    expect(of(nodes("arm64"))).toEqual([
      "notice architecture: node n1 is arm64: the images are built for it too, as their publishers say; no seat was tested on it",
    ]);
  });

  test("any other is refused, and a node that takes no pods does not count", () => {
    expect(of(nodes("s390x"))).toEqual([
      "refused architecture: node n1 is s390x, and the images are for amd64, most of them for arm64 as well",
    ]);
    const [first, second] = nodes("amd64", "s390x").nodes as [Survey["nodes"][number], Survey["nodes"][number]];
    expect(of({ nodes: [first, { ...second, usable: false }] })).toEqual(["ok architecture"]);
  });

  test("does not refuse a seat that stands", () => {
    expect(of(nodes("arm64"), { amd64Only, ours: true })[0]).toMatch(/^notice architecture/);
  });
});

describe("Kubernetes' version", () => {
  test.each([
    [1, from - 1, false],
    [1, from, true],
    [1, to, true],
    [1, to + 1, false],
    [2, from, false],
  ])("%i.%i is taken: %s", (major, minor, taken) => {
    const lines = notOk({ version: { major, minor, text: `${major}.${minor}.0` } });
    expect(lines).toEqual(
      taken
        ? []
        : [`refused Kubernetes version: ${major}.${minor}.0, and Istio ${istioMinor} runs on ${kubernetesRange}`],
    );
  });
});

test("missing rights are named, and nothing else is judged: it could not be seen", () => {
  const lines = said({
    missingRights: ["nodes (list)", "namespaces (create, delete)"],
    controlPlanes: ["istio-system/istiod"],
  });
  expect(lines).toEqual([
    "ok Kubernetes version",
    "refused rights: the kubeconfig's user may not: nodes (list); namespaces (create, delete)",
  ]);
});

describe("an Istio that is there", () => {
  const kind = (release?: string) => thing("CustomResourceDefinition", "gateways.networking.istio.io", release);

  test.each<[string, Partial<Survey>, string]>([
    ["its control plane", { controlPlanes: ["istio-system/istiod"] }, "istio-system/istiod"],
    ["one under another name", { controlPlanes: ["mesh/istiod-1-28"] }, "mesh/istiod-1-28"],
    ["its kinds alone", { ...inventory(kind()) }, "1 kinds such as gateways.networking.istio.io"],
    [
      "its kinds, by Helm",
      { ...inventory(kind("istio-system/istio-base"), kind()) },
      "2 kinds such as gateways.networking.istio.io (Helm release istio-system/istio-base)",
    ],
  ])("refuses a first seat: %s", (_, survey, named) => {
    expect(notOk(survey)).toEqual([`refused Istio: one that this stack did not install: ${named}`]);
  });

  test("does not, where it is the stack's own", () => {
    expect(
      notOk({ controlPlanes: ["istio-system/istiod"], ...inventory(kind("istio-system/istio-base")) }, { ours: true }),
    ).toEqual([]);
  });

  test("refuses beside the stack's own one", () => {
    expect(
      notOk(
        { controlPlanes: ["istio-system/istiod", "other/istiod"], ...inventory(kind("istio-system/istio-base")) },
        { ours: true },
      ),
    ).toEqual(["refused Istio: one that this stack did not install: other/istiod"]);
    expect(notOk({ ...inventory(kind("other/istio-base")) }, { ours: true })).toEqual([
      "refused Istio: one that this stack did not install: 1 kinds such as gateways.networking.istio.io (Helm release other/istio-base)",
    ]);
  });
});

describe("what an Istio has left", () => {
  const left = inventory(
    thing("ClusterRole", "istiod-clusterrole-istio-system", "istio-system/istiod"),
    thing("ClusterRoleBinding", "istio-reader-clusterrole-istio-system"),
    thing("ValidatingWebhookConfiguration", "istio-validator-istio-system", "istio-system/istiod"),
  );

  test("refuses a first seat by its names, with the command that takes it away", () => {
    const [finding] = requirements({ ...empty, ...left }, wanted).filter(({ status }) => status === "refused");
    expect(finding).toEqual({
      name: "Istio",
      status: "refused",
      seen: "one that this stack did not install: ClusterRole istiod-clusterrole-istio-system; ClusterRoleBinding istio-reader-clusterrole-istio-system; ValidatingWebhookConfiguration istio-validator-istio-system",
      todo:
        "There is no istiod: a removed Istio, or a killed run, left them. If nobody uses them: " +
        "`kubectl delete clusterrole/istiod-clusterrole-istio-system clusterrolebinding/istio-reader-clusterrole-istio-system validatingwebhookconfiguration/istio-validator-istio-system`",
    });
  });

  test("is deleted by nobody's advice while an istiod is there", () => {
    const [finding] = requirements({ ...empty, ...left, controlPlanes: ["mesh/istiod"] }, wanted).filter(
      ({ status }) => status === "refused",
    );
    expect(finding!.seen).toMatch(/mesh\/istiod; ClusterRole /);
    expect(finding!.todo).not.toContain("kubectl delete");
  });

  test.each(["istio-system/istio-base", "istio-system/istiod", "istio-ingress/istio-ingressgateway"])(
    "is the stack's own by its release %s, and another's before the stack has a seat",
    (release) => {
      const made = inventory(thing("ClusterRole", "istiod-x", release));
      expect([notOk(made, { ours: true }), notOk(made)]).toEqual([
        [],
        [expect.stringContaining("ClusterRole istiod-x")],
      ]);
      expect(
        notOk(inventory(thing("ClusterRole", "istiod-x", release.replace("istio-", "other-"))), { ours: true }),
      ).toHaveLength(1);
    },
  );

  test("is the stack's own where its releases have made it", () => {
    expect(notOk(left, { ours: true })).toEqual([
      "refused Istio: one that this stack did not install: ClusterRoleBinding istio-reader-clusterrole-istio-system",
    ]);
  });

  test("and istiod has put everywhere is in nobody's way", () => {
    expect(
      notOk(
        inventory(
          { ...thing("ConfigMap", "istio-ca-root-cert"), namespace: "shop", istiods: true },
          { ...thing("GatewayClass", "istio"), istiods: true },
        ),
        { gatewayApi: true },
      ),
    ).toEqual([]);
  });
});

describe("the mark of a seat", () => {
  const marker = { seat: "seat-1", stack: "shared", project: "istio-lab", uid: "u" };

  test.each([undefined, "seat-2"])("of another refuses a stack, whatever its name is: %s", (seat) => {
    const [finding] = requirements({ ...empty, marker }, { ...wanted, ...(seat && { seat }) }).filter(
      ({ status }) => status === "refused",
    );
    expect(finding).toMatchObject({
      name: "another seat",
      seen: "the seat of stack shared of project istio-lab (ConfigMap kube-system/istio-lab, seat seat-1)",
    });
    expect(finding!.todo).toContain("`npm run down -- --stack shared`");
  });

  test("of its own does not", () => {
    expect(notOk({ marker }, { seat: "seat-1" })).toEqual([]);
  });
});

describe("the Gateway API's kinds", () => {
  const kinds = (release?: string) =>
    inventory(thing("CustomResourceDefinition", "httproutes.gateway.networking.k8s.io", release));

  test("of somebody else refuse only a seat that would bring them", () => {
    expect(notOk(kinds())).toEqual([]);
    expect(notOk(kinds(), { gatewayApi: true })).toEqual([
      "refused Gateway API: kinds that this stack did not install: 1 kinds such as httproutes.gateway.networking.k8s.io",
    ]);
  });

  test("of the stack's own release do not", () => {
    const own = kinds("istio-system/gateway-api");
    expect(notOk(own, { gatewayApi: true, ours: true })).toEqual([]);
    expect(notOk(own, { gatewayApi: true, ours: false })).toHaveLength(1);
  });
});

describe("node ports", () => {
  test.each([31021, 31380, 31390, 31602])("%i: its holder is named, with the command that releases it", (port) => {
    const [finding] = requirements({ ...empty, services: [service({ nodePorts: [port] })] }, wanted).filter(
      ({ status }) => status === "refused",
    );
    expect(finding).toMatchObject({
      name: `NodePort ${port}`,
      seen: expect.stringContaining("Service kong/kong-proxy (LoadBalancer) holds it"),
    });
    expect(finding!.todo).toContain("npm run preflight -- --stack x2 --release-lb kong/kong-proxy");
  });

  test("each holder of each port has its line", () => {
    const services = [
      service({ nodePorts: [31380, 31602] }),
      service({ id: "a/b", type: "NodePort", nodePorts: [31390] }),
    ];
    expect(notOk({ services }).map((line) => line.split(":")[0])).toEqual([
      "refused NodePort 31380",
      "refused NodePort 31390",
      "refused NodePort 31602",
    ]);
  });

  test("the seat's own Service holds them rightly, and only where the seat is the stack's", () => {
    const services = [
      service({ id: "istio-ingress/istio-ingressgateway", nodePorts: [31021, 31380, 31390] }),
      service({ id: "istio-system/kialinodeport", type: "NodePort", nodePorts: [31602] }),
    ];
    expect(notOk({ services }, { ours: true })).toEqual([]);
    expect(notOk({ services })).toHaveLength(4);
  });

  test("another's are in the way of the stack's own seat too", () => {
    expect(
      notOk({ services: [service({ nodePorts: [31390] })] }, { ours: true }).map((line) => line.split(":")[0]),
    ).toEqual(["refused NodePort 31390"]);
  });

  test("any other number is nobody's business", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 30000, max: 32767 }).filter((port) => ![31021, 31380, 31390, 31602].includes(port)),
        (port) => void expect(notOk({ services: [service({ nodePorts: [port] })] })).toEqual([]),
      ),
    );
  });

  test("a gateway that is reached by port-forward needs none but Kiali's", () => {
    expect(notOk({ services: [service({ nodePorts: [31380] })] }, { serviceType: "ClusterIP" })).toEqual([]);
  });
});

describe("the external address", () => {
  const onNode = service({ addresses: ["10.0.0.4"] });

  test("of the node itself is one for all: who holds it refuses a LoadBalancer, as in the course", () => {
    expect(notOk({ services: [onNode] }, { serviceType: "LoadBalancer" })).toEqual([
      "refused external address: Service kong/kong-proxy holds 10.0.0.4, an address of the node itself, on port 80, 443",
    ]);
  });

  test.each<[string, Partial<SurveyedService>, Partial<Wanted>]>([
    ["on other ports", { addresses: ["10.0.0.4"], ports: [8000] }, { serviceType: "LoadBalancer" }],
    ["while the gateway is on a node port", { addresses: ["10.0.0.4"] }, {}],
    [
      "the seat's own",
      { id: "istio-ingress/istio-ingressgateway", addresses: ["10.0.0.4"] },
      { serviceType: "LoadBalancer", ours: true },
    ],
  ])("is nobody's matter %s", (_, changes, want) => expect(notOk({ services: [service(changes)] }, want)).toEqual([]));

  test.each([15021, 80, 443])(
    "is held on the gateway's port %i, be it one address of several, inside or outside",
    (port) => {
      const held = (address: string, nodes: Survey["nodes"]) =>
        notOk(
          { nodes, services: [service({ ports: [8000, port], addresses: ["192.0.2.9", address] })] },
          { serviceType: "LoadBalancer" },
        );
      expect(held("10.0.0.4", empty.nodes)).toEqual([
        `refused external address: Service kong/kong-proxy holds 192.0.2.9, 10.0.0.4, an address of the node itself, on port ${port}`,
      ]);
      expect(held("203.0.113.4", [{ ...empty.nodes[0]!, external: ["203.0.113.4"] }])).toHaveLength(1);
    },
  );

  test("is not held by a Service that is not a load balancer, nor was the seat's own before the seat", () => {
    expect(
      notOk({ services: [service({ type: "NodePort", addresses: ["10.0.0.4"] })] }, { serviceType: "LoadBalancer" }),
    ).toEqual([]);
    expect(
      notOk(
        { services: [service({ id: "istio-ingress/istio-ingressgateway", addresses: ["10.0.0.4"] })] },
        { serviceType: "LoadBalancer" },
      ),
    ).toHaveLength(1);
    // The one in the way counts, also behind one that is not.
    expect(
      notOk({ services: [service({ id: "a/b", addresses: [] }), onNode] }, { serviceType: "LoadBalancer" }),
    ).toEqual([expect.stringContaining("refused external address: Service kong/kong-proxy holds 10.0.0.4")]);
  });

  test("of another kind is only to be known: a cloud has more", () => {
    expect(notOk({ services: [service({ addresses: ["203.0.113.9"] })] }, { serviceType: "LoadBalancer" })).toEqual([
      "notice external address: Service kong/kong-proxy holds 203.0.113.9",
    ]);
  });

  test("that somebody waits for is to be known too", () => {
    expect(notOk({ services: [service({})] }, { serviceType: "LoadBalancer" })).toEqual([
      "notice external address: Service kong/kong-proxy waits for one, and the gateway's may wait too",
    ]);
  });
});

describe("room", () => {
  const demand = { cpu: 1000, memory: GiB, pods: 10, namespaces: ["istio-system", "client"] };
  const pod = (namespace: string, cpu: number, memory = 0) => ({ namespace, cpu, memory });

  test.each<[string, Partial<Survey>, readonly string[], "ok" | "refused"]>([
    ["enough", { pods: [pod("shop", 3000)] }, [], "ok"],
    ["one thousandth of a CPU too little", { pods: [pod("shop", 3001)] }, [], "refused"],
    ["enough memory to the last byte", { pods: [pod("shop", 0, 7 * GiB)] }, [], "ok"],
    ["a byte of memory too little", { pods: [pod("shop", 0, 7 * GiB + 1)] }, [], "refused"],
    [
      "on two nodes together",
      {
        nodes: [
          { ...empty.nodes[0]!, cpu: 500 },
          { ...empty.nodes[0]!, cpu: 500 },
        ],
      },
      [],
      "ok",
    ],
    ["taken by two together", { pods: [pod("shop", 2000), pod("blog", 1001)] }, [], "refused"],
    ["too little memory", { pods: [pod("shop", 0, 7.5 * GiB)] }, [], "refused"],
    ["taken by the seat itself", { pods: [pod("client", 3500)] }, ["client"], "ok"],
    ["on a node that takes no pods", { nodes: [{ ...empty.nodes[0]!, usable: false }] }, [], "refused"],
  ])("%s", (_, survey, own, status) => expect(capacity({ ...empty, ...survey }, demand, own).status).toBe(status));

  test("is at most what a node may use, where that is known: a node that is a container tells of the whole machine", () => {
    const node = { ...empty.nodes[0]!, cpu: 8000, memory: 24 * GiB };
    const most = { cpu: 4000, memory: 8 * GiB };
    expect(capacity({ ...empty, nodes: [node] }, demand, [], most).seen).toMatch(
      /^4\.00 CPU and 8192 MiB are free on one node;/,
    );
    expect(capacity({ ...empty, nodes: [node, node], pods: [pod("shop", 0, 16 * GiB)] }, demand, [], most).status).toBe(
      "refused",
    );
    expect(capacity({ ...empty, nodes: [{ ...node, memory: 2 * GiB }] }, demand, [], most).seen).toMatch(
      /^4\.00 CPU and 2048 MiB/,
    );
  });

  test("is told in both amounts", () => {
    expect(capacity({ ...empty, pods: [pod("shop", 3500, GiB)] }, demand, []).seen).toBe(
      "0.50 CPU and 7168 MiB are free on one node; the mesh and the lessons request 1.00 CPU and 1024 MiB in 10 pods",
    );
  });
});

describe("namespaces", () => {
  const lessons = ["istio-system", "default", "client"];

  test("that several others have are all named, and default is nobody's to refuse", () => {
    expect(namespaces({ ...empty, namespaces: ["default", "client", "istio-system"] }, lessons, [])).toMatchObject([
      { status: "refused", seen: "istio-system, client: there already" },
    ]);
    expect(namespaces({ ...empty, namespaces: ["default"] }, lessons, [])).toMatchObject([{ status: "ok" }]);
  });

  test("of others are not taken over; those of the stack are its own, and default is only labelled", () => {
    expect(namespaces({ ...empty, namespaces: ["default", "client"] }, lessons, [])).toMatchObject([
      { status: "refused", seen: "client: there already" },
    ]);
    expect(
      namespaces({ ...empty, namespaces: ["default", "client", "istio-system"] }, lessons, ["client", "istio-system"]),
    ).toMatchObject([{ status: "ok" }]);
  });

  test("the pods of others in default are told what comes over them", () => {
    const pods = [{ namespace: "default", cpu: 0, memory: 0 }];
    expect(namespaces({ ...empty, pods }, lessons, []).map(({ status, seen }) => `${status} ${seen}`)[1]).toMatch(
      /^notice 1 pods of others run there; .* get a sidecar$/,
    );
    expect(namespaces({ ...empty, pods }, ["istio-system"], [])).toHaveLength(1);
    expect(namespaces({ ...empty, pods }, lessons, ["default"])).toHaveLength(1);
  });
});
