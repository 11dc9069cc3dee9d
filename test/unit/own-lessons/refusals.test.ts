import * as fs from "node:fs";
import { describe, expect, test } from "vitest";
import { readOwnLesson } from "../../../components/lessons/own";
import { testLessons, type TestLesson } from "./folder";

const lesson = testLessons();

/** The problems of the template after a change, without the folder's own place. */
function problems(change: (lesson: TestLesson) => void, name = "payments"): readonly string[] {
  const one = lesson(name);
  change(one);
  return (readOwnLesson(one.folder).problems ?? []).map(one.short);
}

const yaml = "./payments/lesson.yaml";
const checks = "./payments/checks.yaml";
const payments = "./payments/manifests/payments.yaml";
const client = "./payments/manifests/client.yaml";
const extra = "./payments/manifests/extra.yaml";

test("the template has no problem", () => expect(problems(() => undefined)).toEqual([]));

test("every problem is reported at once, each with its file and line", () => {
  const found = problems((one) => {
    one.replace("lesson.yaml", "title: payments says hello", "title: ''");
    one.replace("checks.yaml", "status: 200, body", "status: 2000, body");
    one.replace("manifests/client.yaml", "kind: Deployment", "kind: ClusterRole");
  });
  expect(found).toEqual([
    `${yaml}:2: title: "" is not a title: one line of at most 120 characters`,
    `${client}:3: kind ClusterRole is not one that a lesson may have: a lesson has objects of its own namespace only. docs/own-lessons.md lists the kinds`,
    `${checks}:11: checks[1].wanted.status: 2000 is not a whole number from 100 to 599`,
  ]);
});

test("a tab is named first, whatever else YAML makes of it", () => {
  expect(problems((one) => one.replace("lesson.yaml", "  service:", "\tservice:"))[0]).toBe(
    `${yaml}:4: is indented with a tab; YAML needs spaces`,
  );
});

describe("a folder", () => {
  test.each<[string, (one: TestLesson) => void, string[]]>([
    ["without lesson.yaml", (one) => one.remove("lesson.yaml"), [`${yaml}: does not exist`]],
    ["with an empty lesson.yaml", (one) => one.write("lesson.yaml", "# nothing\n"), [`${yaml}: is empty`]],
    [
      "with two documents in lesson.yaml",
      (one) => one.replace("lesson.yaml", "entry:", "---\nentry:"),
      [`${yaml}:4: begins a second document (---); only one is allowed`],
    ],
    [
      "without manifests",
      (one) => one.remove("manifests"),
      ["./payments/manifests: is not a folder; it holds the lesson's objects as YAML files"],
    ],
    [
      "with another file among the manifests",
      (one) => one.write("manifests/notes.txt", "x"),
      ["./payments/manifests/notes.txt: is not a YAML file (*.yaml); only such files may be here"],
    ],
    [
      "with a manifest that leads out of it",
      (one) => {
        one.remove("manifests/client.yaml");
        fs.symlinkSync("/etc/hostname", one.path("manifests/client.yaml"));
      },
      [`${client}: leads out of the lesson's folder`],
    ],
    [
      "whose manifests lead out of it",
      (one) => {
        one.remove("manifests");
        fs.symlinkSync("/etc", one.path("manifests"));
      },
      ["./payments/manifests: leads out of the lesson's folder"],
    ],
    ["with an empty manifest", (one) => one.write("manifests/extra.yaml", "---\n---\n"), [`${extra}: is empty`]],
  ])("%s", (_, change, expected) => expect(problems(change)).toEqual(expected));

  test("that does not exist names the command that makes one", () => {
    const { folder, short, remove } = lesson("payments");
    remove("");
    expect(readOwnLesson(folder).problems!.map(short)).toEqual([
      "./payments: is not a folder of this project; `npm run lesson -- new payments` makes one",
    ]);
  });

  test.each(["addons", "istio", "Payments", "a".repeat(41)])("named %s", (name) => {
    expect(problems(() => undefined, name)[0]).toMatch(/cannot name a lesson/);
  });
});

describe("lesson.yaml", () => {
  const services = "payments";
  test.each<[string, string, string, string[]]>([
    [
      "a key that it does not have",
      "title:",
      "titel:",
      [
        `${yaml}:2: titel: is not a key; valid: title, namespace, entry, versions, calls, cpu, memory`,
        `${yaml}:2: title: is not set; valid is a title: one line of at most 120 characters`,
      ],
    ],
    [
      "a namespace of the lab",
      "entry:",
      "namespace: istio-system\nentry:",
      [`${yaml}:3: namespace: "istio-system" belongs to the lab or to Kubernetes; give the lesson its own`],
    ],
    [
      "an entry at a Service that is not there",
      "service: payments",
      "service: payment",
      [`${yaml}:4: entry.service: "payment" is not a Service of the manifests; they have: ${services}`],
    ],
    [
      "an entry at a port that is not there",
      "path: /payments",
      "path: /payments\n  port: 8080",
      [`${yaml}:6: entry.port: 8080 is not a port of Service payments; it has: 80`],
    ],
    [
      "a path of another lesson",
      "path: /payments",
      "path: /productpage",
      [
        `${yaml}:5: entry.path: "/productpage" could be another lesson's; valid is /payments or below it, or any path with entry.host`,
      ],
    ],
    [
      "a path beside its own",
      "path: /payments",
      "path: /paymentsx",
      [
        `${yaml}:5: entry.path: "/paymentsx" could be another lesson's; valid is /payments or below it, or any path with entry.host`,
      ],
    ],
    [
      "a pattern without a group",
      "(v\\d+)",
      "v\\d+",
      [
        `${yaml}:7: entry.version: "Hello from payments v\\\\d+" has 0 groups; valid is one, such as "version (v\\\\d+)"`,
      ],
    ],
    [
      "a pattern that is none",
      "(v\\d+)",
      "(v\\d+",
      [`${yaml}:7: entry.version: "Hello from payments (v\\\\d+" is not a regular expression`],
    ],
    [
      "versions of a Service that is not there",
      "  payments: [v1, v2]",
      "  pay: [v1, v2]",
      [
        `${yaml}:9: versions.pay: is not a Service of the manifests; they have: ${services}`,
        `${checks}:19: checks[2].service: "payments" is not in versions of lesson.yaml; it has: pay`,
      ],
    ],
    [
      "a version without pods",
      "[v1, v2]",
      "[v1, v3]",
      [`${yaml}:9: versions.payments: no pods of the manifests have the labels app: payments and version: v3`],
    ],
    [
      "one version alone",
      "[v1, v2]",
      "[v1]",
      [`${yaml}:9: versions.payments: ["v1"] is not a list of at least two versions, such as ["v1", "v2"]`],
    ],
    ["a version twice", "[v1, v2]", "[v1, v1]", [`${yaml}:9: versions.payments: v1 is named twice`]],
    [
      "a call by nobody",
      "from: client",
      "from: nobody",
      [`${yaml}:11: calls[0].from: "nobody" is not an app of the manifests; they have: client, payments`],
    ],
    [
      "an amount that is none",
      "entry:",
      "cpu: much\nentry:",
      [`${yaml}:3: cpu: "much" is not an amount of CPU such as "100m"`],
    ],
  ])("%s", (_, before, after, expected) => {
    expect(problems((one) => one.replace("lesson.yaml", before, after))).toEqual(expected);
  });
});

describe("a manifest", () => {
  const add = (text: string) => problems((one) => one.write("manifests/extra.yaml", text));
  const object = (apiVersion: string, kind: string, spec: string) =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: extra\nspec: ${spec}\n`;
  const pod = (spec: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata:\n  name: extra\n  labels: { app: extra, version: v1 }\nspec: ${spec}\n`;

  test.each<[string, string, string[]]>([
    [
      "of the whole cluster",
      object("v1", "Namespace", "{}"),
      [
        `${extra}:2: kind Namespace is not one that a lesson may have: a lesson has objects of its own namespace only. docs/own-lessons.md lists the kinds`,
      ],
    ],
    [
      "of another namespace",
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: extra\n  namespace: default\n",
      [`${extra}:5: metadata.namespace "default" is not the lesson's; valid: payments, or leave it out`],
    ],
    [
      "of another version of its kind",
      object("networking.istio.io/v1beta1", "VirtualService", "{}"),
      [
        `${extra}:1: apiVersion "networking.istio.io/v1beta1" is not valid for VirtualService; valid: networking.istio.io/v1`,
      ],
    ],
    [
      "that is a List",
      "apiVersion: v1\nkind: List\nitems: []\n",
      [`${extra}:2: kind List is not allowed; write its items one by one, with --- between them`],
    ],
    ["that is no object", "- one\n- two\n", [`${extra}:1: ["one","two"] is not an object of Kubernetes`]],
    [
      "without a name",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n",
      [`${extra}:3: metadata.name (not set) is not a name of lower-case letters, digits and dashes`],
    ],
    [
      "with a status",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra }\nstatus: {}\n",
      [`${extra}:4: it has a status, which only the cluster writes; leave it out`],
    ],
    [
      "that another file has too",
      "apiVersion: v1\nkind: Service\nmetadata:\n  name: payments\n",
      [`${payments}:4: Service payments is also in ${extra}:1`],
    ],
    [
      "that the lab makes",
      "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: default\nspec: { mtls: { mode: PERMISSIVE } }\n",
      [`${yaml}:2: the lab makes PeerAuthentication default itself; take it out of ${extra}:1`],
    ],
    [
      "that opens a port of the node",
      object("v1", "Service", "{ type: NodePort }"),
      [
        `${extra}:5: spec.type NodePort would open a port of the cluster; requests come through the gateway (\`entry\` of lesson.yaml)`,
      ],
    ],
    [
      "with external addresses",
      object("v1", "Service", "{ externalIPs: [10.0.0.1] }"),
      [`${extra}:5: spec.externalIPs is not allowed in a lesson`],
    ],
    [
      "with a folder of the node",
      pod("{ volumes: [{ name: root, hostPath: { path: / } }] }"),
      [`${extra}:6: spec.volumes[0].hostPath would let the pod reach the machine that it runs on; a lesson may not`],
    ],
    [
      "in the node's network",
      pod("{ hostNetwork: true }"),
      [`${extra}:6: spec.hostNetwork would let the pod reach the machine that it runs on; a lesson may not`],
    ],
    [
      "with all rights",
      pod("{ containers: [{ name: a, securityContext: { privileged: true } }] }"),
      [
        `${extra}:6: spec.containers[0].securityContext.privileged would let the pod reach the machine that it runs on; a lesson may not`,
      ],
    ],
    [
      "with a port of the node",
      pod("{ containers: [{ name: a, ports: [{ containerPort: 80, hostPort: 80 }] }] }"),
      [
        `${extra}:6: spec.containers[0].ports[0].hostPort would let the pod reach the machine that it runs on; a lesson may not`,
      ],
    ],
    [
      "without the labels of an app",
      "apiVersion: v1\nkind: Pod\nmetadata:\n  name: extra\nspec: {}\n",
      [
        `${extra}:4: metadata.labels has no app; Istio and the checks know an app by its labels app and version`,
        `${extra}:4: metadata.labels has no version; Istio and the checks know an app by its labels app and version`,
      ],
    ],
    [
      "that changes the calls of all lessons",
      object("networking.istio.io/v1", "VirtualService", "{ hosts: [productpage.default.svc.cluster.local] }"),
      [
        `${extra}:5: "productpage.default.svc.cluster.local" is a Service of namespace default, and the VirtualService would change the calls of all lessons to it; limit it to this lesson: exportTo: ["."]`,
      ],
    ],
    [
      "with a number that readers read differently",
      object("v1", "Pod", "{ mode: 0644 }"),
      [
        `${extra}:5: 0644 is not written as a plain decimal, and not every reader takes it for the same number; write 644, or "0644" where it is a text`,
      ],
    ],
  ])("%s", (_, text, expected) => expect(add(text)).toEqual(expected));

  test.each([
    ["*", "./*"],
    ["default/*", "./*"],
    ["*/shop.example", "./shop.example"],
  ])("a Gateway for %s takes the routes of others", (host, wanted) => {
    const gateway = (host: string) =>
      add(object("networking.istio.io/v1", "Gateway", `{ servers: [{ port: { number: 80 }, hosts: ["${host}"] }] }`));
    expect(gateway(host)).toEqual([`${extra}:5: "${host}" takes the routes of other namespaces; valid is "${wanted}"`]);
    expect([gateway("./*"), gateway("payments/shop.example")]).toEqual([[], []]);
  });

  test.each(["ServiceAccount default", "ConfigMap istio-ca-root-cert"])("%s is in every namespace", (one) => {
    const [kind, name] = one.split(" ") as [string, string];
    expect(add(`apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`)).toEqual([
      `${yaml}:2: ${one} is in every namespace already; take it out of ${extra}:1`,
    ]);
  });

  test("in the second document of a file is found at its line", () => {
    expect(add(`apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n---\n${object("v1", "Node", "{}")}`)).toEqual([
      expect.stringContaining(`${extra}:7: kind Node`),
    ]);
  });

  test.each([
    ["DestinationRule", "host: reviews.default.svc.cluster.local, exportTo: ['.']"],
    ["VirtualService", "hosts: [payments.payments.svc.cluster.local]"],
    ["ServiceEntry", "hosts: [partner.example.com]"],
  ])("%s of its own reach is taken", (kind, spec) => {
    expect(add(object("networking.istio.io/v1", kind, `{ ${spec} }`))).toEqual([]);
  });
});

describe("checks.yaml", () => {
  test.each<[string, string, string, string[]]>([
    [
      "is not a list",
      "checks:",
      "check:",
      [
        expect.stringMatching(
          /checks\.yaml:2: .* is not a map with checks, a list, and perhaps tasks, another list$/,
        ) as unknown as string,
      ],
    ],
    [
      "a kind that is none",
      "kind: pods",
      "kind: pod",
      [
        `${checks}:5: checks[0].kind: "pod" is not a kind of check; valid: answer, split, plaintext, access, pods, log, objects`,
      ],
    ],
    [
      "a key that the kind does not have",
      "kind: pods",
      "kind: pods\n    path: /",
      [`${checks}:6: checks[0].path: is not a key; valid: name, title, hint, kind, wanted`],
    ],
    [
      "without a title",
      "    title: every pod has its sidecar\n",
      "",
      [`${checks}:3: checks[0].title: is not set; valid is a title: one line of at most 120 characters`],
    ],
    [
      "a name twice",
      "name: split",
      "name: pods",
      [`${checks}:16: checks[2].name: "pods" is the name of another check too`],
    ],
    [
      "the name of the lab's own check",
      "name: split",
      "name: analysis",
      [`${checks}:16: checks[2].name: analysis is the name of the check that every lesson has`],
    ],
    [
      "a split of what has no versions",
      "service: payments",
      "service: client",
      [`${checks}:19: checks[2].service: "client" is not in versions of lesson.yaml; it has: payments`],
    ],
    [
      "weights that do not sum to 100",
      "service: payments",
      "service: payments\n    wanted: { v1: 50, v2: 40 }",
      [`${checks}:20: checks[2].wanted: the weights sum to 90; they must sum to 100`],
    ],
    [
      "a caller that is not there",
      "from: { app: client }",
      "from: { app: cleint }",
      [`${checks}:24: checks[3].from.app: "cleint" is not an app of the manifests; they have: client, payments`],
    ],
    [
      "a caller that is none",
      "from: { app: client }",
      "from: everybody",
      [
        expect.stringMatching(
          /checks\.yaml:24: checks\[3\]\.from: "everybody" is not a caller; valid are stranger/,
        ) as unknown as string,
      ],
    ],
    [
      "an address of another lesson",
      "urls: [http://payments/]",
      "urls: [http://reviews.default/]",
      [
        `${checks}:31: checks[4].urls[0]: "http://reviews.default/" is not of this lesson; valid are the lesson's Services: payments`,
      ],
    ],
    [
      "pods that are not there",
      "kind: pods",
      "kind: pods\n    wanted: { payments: { v9: 1 } }",
      [
        `${checks}:6: checks[0].wanted.payments.v9: no pods of the manifests have the labels app: payments and version: v9`,
      ],
    ],
    [
      "the log of nobody",
      "kind: pods",
      "kind: log\n    app: nobody\n    wanted: text",
      [`${checks}:6: checks[0].app: "nobody" is not an app of the manifests; they have: client, payments`],
    ],
    [
      "an object that is not there",
      "kind: pods",
      "kind: objects\n    wanted: [{ object: DestinationRule pay }]",
      [`${checks}:6: checks[0].wanted[0].object: DestinationRule pay is neither in the manifests nor made by the lab`],
    ],
  ])("%s", (_, before, after, expected) => {
    expect(problems((one) => one.replace("checks.yaml", before, after))).toEqual(expected);
  });

  test("an answer without an entry has no way to the lesson", () => {
    const found = problems((one) => {
      one.write("lesson.yaml", "title: payments\n");
      one.write(
        "checks.yaml",
        "checks:\n  - { name: a, title: b, kind: answer, request: { path: / }, wanted: { status: 200 } }\n",
      );
    });
    expect(found).toEqual([
      `${checks}:2: checks[0].request: the lesson has no entry in lesson.yaml, so that the gateway has no route to it`,
    ]);
  });

  test("may be missing", () => expect(problems((one) => one.remove("checks.yaml"))).toEqual([]));
});

describe("tasks of checks.yaml", () => {
  const task = "  - name: scale\n";
  test.each<[string, (one: TestLesson) => void, RegExp | string]>([
    [
      "that is no list",
      (one) => one.write("checks.yaml", "checks: []\ntasks: none\n"),
      `${checks}:1: {"checks":[],"tasks":"none"} is not a map with checks, a list, and perhaps tasks, another list`,
    ],
    [
      "of a kind that sends requests",
      (one) => one.write("checks.yaml", "checks: []\ntasks:\n  - { name: ask, title: Ask, kind: answer, hint: Ask }\n"),
      `${checks}:3: tasks[0].kind: "answer" is not a kind of task; valid: objects, pods`,
    ],
    [
      "without a hint",
      (one) => one.write("checks.yaml", "checks: []\ntasks:\n  - { name: scale, title: Scale, kind: pods }\n"),
      `${checks}:3: tasks[0].hint: is not set; valid is a text, or a list of texts of which the last is the solution`,
    ],
    [
      "with the name of a check",
      (one) => one.replace("checks.yaml", task, "  - name: answer\n"),
      /tasks\[0\]\.name: "answer" is the name of another check too$/,
    ],
    [
      "after one that is not above it",
      (one) => one.replace("checks.yaml", task, `${task}    after: scale\n`),
      /tasks\[0\]\.after: "scale" is not a task above this one; there are: none$/,
    ],
    [
      "with a kind of object that a lesson may not have",
      (one) => one.replace("checks.yaml", "object: Deployment payments-v2", "object: ClusterRole payments-v2"),
      /tasks\[0\]\.wanted\[0\]\.object: ClusterRole is not a kind that a lesson may have$/,
    ],
    [
      "with fields of an object that may not exist",
      (one) =>
        one.replace(
          "checks.yaml",
          "        fields: { spec.replicas: 2 }",
          "        fields: { spec.replicas: 2 }\n        absent: true",
        ),
      /tasks\[0\]\.wanted\[0\]\.fields: an object that may not exist has no fields$/,
    ],
  ])("%s", (_, change, expected) => {
    const found = problems(change);
    expect(found).toHaveLength(1);
    expect(found[0]).toEqual(typeof expected === "string" ? expected : expect.stringMatching(expected));
  });

  test("may name an object that nobody has made yet", () => {
    expect(
      problems((one) => one.replace("checks.yaml", "object: Deployment payments-v2", "object: VirtualService slow")),
    ).toEqual([]);
  });
});
