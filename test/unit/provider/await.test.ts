import { beforeEach, describe, expect, it, vi } from "vitest";
import { deployment } from "../../../embedded/provider/await/deployment";
import { claim, daemonSet, definition, job, pod, statefulSet } from "../../../embedded/provider/await/others";
import { podProblem, selectorQuery } from "../../../embedded/provider/await/pods";
import type { ReadinessRule } from "../../../embedded/provider/await/rule";
import { service } from "../../../embedded/provider/await/service";
import { waitFor } from "../../../embedded/provider/await/wait-for";
import {
  awaitGone,
  awaitReady,
  lookOnce,
  ruleFor,
  secondsFor,
  type Waiting,
} from "../../../embedded/provider/await/wait";
import { NotReadyError } from "../../../embedded/provider/errors";
import type { Bag } from "../../../embedded/provider/wire";
import { Answers, notFound, object, refusals, session, type Reply } from "./answers";

const REVISION = "deployment.kubernetes.io/revision";

describe("a Deployment", () => {
  const SETS = "GET /apis/apps/v1/namespaces/shop/replicasets";
  const condition = (type: string, status = "True", reason = "NewReplicaSetAvailable") => ({
    type,
    status,
    reason,
    message: `${type} is ${status}`,
  });
  const live = (more: Bag = {}) =>
    object(
      "Deployment",
      {
        spec: { replicas: 2, selector: { matchLabels: { app: "x" } } },
        metadata: { uid: "d", generation: 2, annotations: { [REVISION]: "3" } },
        status: {
          observedGeneration: 2,
          replicas: 2,
          conditions: [condition("Progressing"), condition("Available")],
          ...more,
        },
      },
      "apps/v1",
    );
  const set = (revision: string, ready: number, { replicas = 2, owner = "d" } = {}) => ({
    metadata: { annotations: { [REVISION]: revision }, ownerReferences: [{ uid: owner }] },
    spec: { replicas },
    status: { readyReplicas: ready },
  });
  const sets = (...items: object[]) => new Answers({ [SETS]: [{ items }] });
  const look = (o = live(), cluster = sets(set("2", 2), set("3", 2))) => deployment.look(o, cluster);

  it("is started when the pods of its newest revision are ready", async () => {
    expect(await look()).toMatchObject({ ready: true, settling: false });
    const cluster = sets(set("3", 2));
    await look(live(), cluster);
    expect(cluster.requests[0]!.query).toEqual({ labelSelector: "app=x" });
  });

  it("that is scaled to nothing is started without a pod", async () => {
    const none = live({ replicas: 0 });
    none.spec.replicas = 0;
    expect(await look(none, sets(set("3", 0, { replicas: 0 })))).toMatchObject({ ready: true });
  });

  it("of its first revision need not say that it has rolled out, and one that is scaled up is started when its ReplicaSet is", async () => {
    const first = live({ conditions: [condition("Available")] });
    first.metadata.annotations![REVISION] = "1";
    expect(await look(first, sets(set("1", 2)))).toMatchObject({ ready: true });
    const wide = live();
    wide.spec.replicas = 3;
    expect(await look(wide)).toMatchObject({ ready: true });
  });

  it("of which its controller has said nothing yet is not started", async () => {
    const untouched = live({ observedGeneration: 2 });
    delete untouched.metadata.annotations;
    expect(await look(untouched, sets({ ...set("3", 2), metadata: { ownerReferences: [{ uid: "d" }] } }))).toEqual({
      ready: false,
    });
  });

  it("finds its ReplicaSet by whichever owner is the Deployment, and takes one without a number of pods for one pod", async () => {
    const current = { ...set("3", 0), spec: {} };
    current.metadata.ownerReferences.unshift({ uid: "other" });
    expect(await look(live({ replicas: 1 }), sets(current))).toMatchObject({ ready: false });
    current.status.readyReplicas = 1;
    expect(await look(live({ replicas: 1 }), sets(current))).toMatchObject({ ready: true });
  });

  it("is still settling while pods of before are there", async () => {
    expect(await look(live({ replicas: 3 }))).toMatchObject({ ready: true, settling: true });
  });

  it.each<[string, Bag, object[], string[]]>([
    ["its controller has not seen the change", { observedGeneration: 1 }, [set("3", 2)], []],
    [
      "only the pods of the revision before are ready",
      {},
      [set("2", 2), set("3", 1)],
      ["Minimum number of Pods to consider the application live was not attained"],
    ],
    [
      "its newest revision has no ReplicaSet yet",
      {},
      [set("2", 2)],
      ["Minimum number of Pods to consider the application live was not attained"],
    ],
    [
      "the ReplicaSet of its revision is another's",
      {},
      [set("3", 2, { owner: "other" })],
      ["Minimum number of Pods to consider the application live was not attained"],
    ],
    [
      "it is not available",
      { conditions: [condition("Progressing"), condition("Available", "False", "MinimumReplicasUnavailable")] },
      [set("3", 2)],
      ["[MinimumReplicasUnavailable] Available is False", "Minimum number of live Pods was not attained"],
    ],
    [
      "nobody knows whether it is available",
      { conditions: [condition("Progressing"), condition("Available", "Unknown", "Lost")] },
      [set("3", 2)],
      ["[Lost] Available is Unknown", "Minimum number of live Pods was not attained"],
    ],
    [
      "nobody knows whether it goes on",
      { conditions: [condition("Progressing", "Unknown", "DeploymentPaused"), condition("Available")] },
      [set("3", 2)],
      [
        "[DeploymentPaused] Progressing is Unknown",
        "Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live",
      ],
    ],
    [
      "its roll out has failed, whatever reason it still has",
      { conditions: [condition("Progressing", "False"), condition("Available")] },
      [set("3", 2)],
      [
        "[NewReplicaSetAvailable] Progressing is False",
        "Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live",
      ],
    ],
    [
      "its ReplicaSet has no pod to be yet",
      {},
      [set("3", 0, { replicas: 0 })],
      ["Minimum number of Pods to consider the application live was not attained"],
    ],
    [
      "it is rolling out",
      { conditions: [condition("Progressing", "True", "ReplicaSetUpdated"), condition("Available")] },
      [set("3", 2)],
      ["Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live"],
    ],
  ])("is not while %s", async (_, status, items, problems) => {
    const seen = await look(live(status), sets(...items));
    expect([seen.ready, seen.problems ?? []]).toEqual([false, problems]);
  });
});

describe("a Service", () => {
  const SLICES = "GET /apis/discovery.k8s.io/v1/namespaces/shop/endpointslices";
  const slices = (...items: object[]) => new Answers({ [SLICES]: [{ items }] });
  const ready = { endpoints: [{ conditions: { ready: true } }] };
  const unready = { endpoints: [{ conditions: { ready: false } }] };
  const of = (spec: Bag, status: Bag = {}) => object("Service", { spec: { selector: { app: "x" }, ...spec }, status });

  it("is started when a pod is behind it, in whichever slice", async () => {
    const cluster = slices({ endpoints: null }, unready, ready);
    expect(await service.look(of({}), cluster)).toMatchObject({ ready: true });
    expect(cluster.requests[0]!.query).toEqual({ labelSelector: "kubernetes.io/service-name=x" });
  });

  it.each([
    ["there is none", []],
    ["none is ready", [unready, unready]],
  ])("is not while %s", async (_, items) => {
    expect(await service.look(of({}), slices(...items))).toMatchObject({
      ready: false,
      problems: [expect.stringContaining("does not target any Pods")],
    });
  });

  it("of type LoadBalancer waits for its address as well", async () => {
    expect(await service.look(of({ type: "LoadBalancer" }, { loadBalancer: {} }), slices(ready))).toMatchObject({
      ready: false,
      problems: ["Service was not allocated an IP address; does your cloud provider support this?"],
    });
    expect(
      await service.look(
        of({ type: "LoadBalancer" }, { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } }),
        slices(ready),
      ),
    ).toMatchObject({ ready: true });
  });

  it("is started by an endpoint that does not say whether it is ready: that means yes", async () => {
    expect(await service.look(of({}), slices({ endpoints: [{}] }))).toMatchObject({ ready: true });
  });

  it("that is headless waits for its address where it is of type LoadBalancer", async () => {
    expect(await service.look(of({ clusterIP: "None", type: "LoadBalancer" }), slices())).toMatchObject({
      ready: false,
    });
  });

  it.each([[{ type: "ExternalName" }], [{ clusterIP: "None" }]])("%j has nothing to wait for", async (spec) => {
    expect(await service.look(of(spec), slices())).toMatchObject({ ready: true });
  });
});

describe("a DaemonSet", () => {
  const of = (status: Bag, spec: Bag = {}) =>
    object(
      "DaemonSet",
      {
        spec,
        status: {
          observedGeneration: 1,
          desiredNumberScheduled: 2,
          updatedNumberScheduled: 2,
          numberAvailable: 2,
          ...status,
        },
        metadata: { generation: 1 },
      },
      "apps/v1",
    );
  it("is started when each node has a new pod that is available", async () => {
    expect(await daemonSet.look(of({}), new Answers())).toMatchObject({ ready: true });
    for (const less of [{ numberAvailable: 1 }, { updatedNumberScheduled: 1 }, { observedGeneration: 0 }])
      expect(await daemonSet.look(of(less), new Answers()), JSON.stringify(less)).toMatchObject({ ready: false });
    expect(await daemonSet.look(of({ numberAvailable: 1 }), new Answers())).toEqual({
      ready: false,
      messages: [["info", "Waiting for DaemonSet to be available (1/2 Pods available)"]],
      problems: ["1 out of 2 Pods are available"],
    });
    expect(
      await daemonSet.look(of({ updatedNumberScheduled: 0 }, { updateStrategy: { type: "OnDelete" } }), new Answers()),
    ).toMatchObject({ ready: true });
  });
});

describe("a StatefulSet", () => {
  const of = (status: Bag = {}, spec: Bag = {}) =>
    object(
      "StatefulSet",
      {
        spec: { replicas: 2, ...spec },
        status: {
          observedGeneration: 1,
          replicas: 2,
          readyReplicas: 2,
          updatedReplicas: 2,
          currentRevision: "b",
          updateRevision: "b",
          ...status,
        },
        metadata: { generation: 1 },
      },
      "apps/v1",
    );
  const ready = async (o: ReturnType<typeof of>) => (await statefulSet.look(o, new Answers())).ready;

  it("is started when all its pods are there, ready and new", async () => {
    expect(await ready(of())).toBe(true);
    expect(await ready(of({ updatedReplicas: 3 }))).toBe(true);
  });

  it.each<[string, Bag]>([
    ["its controller has not seen the change", { observedGeneration: 0 }],
    ["a pod is to go yet", { replicas: 3 }],
    ["a pod is missing", { replicas: 1 }],
    ["one of them is not ready", { readyReplicas: 1 }],
    ["a pod that is to go is ready", { replicas: 3, readyReplicas: 3 }],
    ["one of them is of before", { updatedReplicas: 1 }],
    ["it has not taken the new revision for its own", { currentRevision: "a" }],
  ])("is not while %s", async (_, status) => {
    expect(await ready(of(status))).toBe(false);
  });

  it("has one pod where it does not say how many", async () => {
    const one = (readyReplicas: number) =>
      of({ replicas: 1, readyReplicas, updatedReplicas: 1 }, { replicas: undefined });
    expect([
      await ready(one(0)),
      await ready(one(1)),
      await ready(of({ replicas: 0, readyReplicas: 0, updatedReplicas: 0 }, { replicas: undefined })),
    ]).toEqual([false, true, false]);
  });

  it("whose pods are changed by hand, or that is to have none, does not roll", async () => {
    const old = { updatedReplicas: 0, currentRevision: "a" };
    expect([
      await ready(of(old, { updateStrategy: { type: "OnDelete" } })),
      await ready(of(old, { updateStrategy: { type: "RollingUpdate" } })),
    ]).toEqual([true, false]);
    expect(await ready(of({ ...old, replicas: 0, readyReplicas: 0 }, { replicas: 0 }))).toBe(true);
  });
});

describe("a Job", () => {
  const of = (...conditions: Bag[]) => object("Job", { spec: {}, status: { conditions } }, "batch/v1");
  it("is done when it has succeeded, or is suspended", async () => {
    expect(await job.look(of({ type: "Complete", status: "True" }), new Answers())).toMatchObject({ ready: true });
    expect(
      await job.look(
        of({ type: "Suspended", status: "True" }, { type: "SuccessCriteriaMet", status: "True" }),
        new Answers(),
      ),
    ).toMatchObject({ ready: true });
    expect(await job.look(object("Job", { spec: { suspend: true } }, "batch/v1"), new Answers())).toMatchObject({
      ready: true,
    });
  });
  it("is not while it runs or when it has failed", async () => {
    expect(await job.look(of(), new Answers())).toMatchObject({ ready: false, problems: ["Job has not completed"] });
    expect(await job.look(of({ type: "Complete", status: "False" }), new Answers())).toMatchObject({ ready: false });
    expect(
      await job.look(
        of({ type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "too often" }),
        new Answers(),
      ),
    ).toMatchObject({ ready: false, problems: ["[BackoffLimitExceeded] too often"] });
  });
});

describe("a Pod", () => {
  const of = (status: Bag) => object("Pod", { status: { phase: "Running", ...status } });
  const notReady = { type: "Ready", status: "False", message: "" };

  it("is started when it is ready, or has done its work", () => {
    expect(pod.look(of({ conditions: [{ type: "Ready", status: "True" }] }), new Answers())).toMatchObject({
      ready: true,
    });
    expect(pod.look(of({ phase: "Succeeded", conditions: [notReady] }), new Answers())).toMatchObject({ ready: true });
    expect(pod.look(of({ phase: "Pending" }), new Answers())).toMatchObject({
      ready: false,
      problems: ["Pod is not ready"],
    });
    expect(
      pod.look(of({ conditions: [{ ...notReady, message: "containers with unready status: [x]" }] }), new Answers()),
    ).toMatchObject({ ready: false });
  });

  it.each<[string, Bag, string | undefined]>([
    [
      "no node has room",
      {
        conditions: [
          notReady,
          { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes" },
        ],
      },
      "[Unschedulable] 0/1 nodes",
    ],
    [
      "its image cannot be had",
      {
        conditions: [notReady],
        containerStatuses: [
          { state: { running: {} } },
          { state: { waiting: { reason: "ErrImagePull", message: "no" } } },
        ],
      },
      "[ErrImagePull] no",
    ],
    [
      "its first container keeps it",
      {
        conditions: [notReady],
        initContainerStatuses: [
          {
            state: { waiting: { reason: "CrashLoopBackOff", message: "back-off" } },
            lastState: { terminated: { exitCode: 3 } },
          },
        ],
      },
      "[CrashLoopBackOff] back-off (last exit code 3)",
    ],
    [
      "a container has failed",
      { conditions: [notReady], containerStatuses: [{ state: { terminated: { exitCode: 1, reason: "Error" } } }] },
      "[Error] Container completed with exit code 1",
    ],
    [
      "it is only slow",
      {
        conditions: [{ ...notReady, message: "containers with unready status: [x]" }],
        containerStatuses: [{ state: { waiting: { reason: "ContainerCreating" } } }],
      },
      "containers with unready status: [x]",
    ],
  ])("says why it is not: %s", (_, status, words) => {
    expect(podProblem(of(status))).toBe(`[Pod shop/x]: ${words}`);
  });

  it.each<[string, Bag, string]>([
    [
      "nobody knows",
      { conditions: [{ type: "Ready", status: "Unknown", message: "no word from the node" }] },
      "no word from the node",
    ],
    [
      "before its containers are made",
      { conditions: [], containerStatuses: [{ state: { waiting: { reason: "ErrImagePull", message: "no" } } }] },
      "[ErrImagePull] no",
    ],
    [
      "what keeps it longest is said",
      {
        conditions: [
          { type: "Ready", status: "False", message: "late" },
          { type: "ContainersReady", status: "False", message: "later" },
          { type: "Initialized", status: "False", message: "first" },
        ],
      },
      "first",
    ],
    [
      "its containers, else",
      {
        conditions: [
          { type: "Ready", status: "False", message: "late" },
          { type: "ContainersReady", status: "False", message: "later" },
        ],
      },
      "later",
    ],
  ])("says what its conditions say: %s", (_, status, words) => {
    expect(podProblem(of(status))).toBe(`[Pod shop/x]: ${words}`);
  });

  it.each(["ContainerCreating", "PodInitializing"])("is not reproached with %s, which passes", (reason) => {
    expect(
      podProblem(of({ conditions: [notReady], containerStatuses: [{ state: { waiting: { reason } } }] })),
    ).toBeUndefined();
  });

  it("that has done its work has no problem left", () => {
    expect(
      podProblem(of({ phase: "Succeeded", conditions: [{ ...notReady, message: "PodCompleted" }] })),
    ).toBeUndefined();
  });

  it("is not reproached with a container that ended well", () => {
    expect(
      podProblem(
        of({
          conditions: [notReady],
          initContainerStatuses: [{ state: { terminated: { exitCode: 0, reason: "Completed" } } }],
        }),
      ),
    ).toBeUndefined();
  });
});

describe("a claim", () => {
  const CLASS = "GET /apis/storage.k8s.io/v1/storageclasses/standard";
  const of = (phase: string, storageClassName?: string) =>
    object("PersistentVolumeClaim", { spec: { storageClassName }, status: { phase } });
  const look = (o: ReturnType<typeof of>, ...replies: Reply[]) => claim.look(o, new Answers({ [CLASS]: replies }));

  it("is started when it is bound, or its class waits for the first pod", async () => {
    expect(await look(of("Bound"))).toMatchObject({ ready: true });
    expect(await look(of("Pending", "standard"), { volumeBindingMode: "WaitForFirstConsumer" })).toMatchObject({
      ready: true,
    });
  });

  it("is not where its class binds at once, or there is no such class", async () => {
    expect(await look(of("Pending", "standard"), { volumeBindingMode: "Immediate" })).toMatchObject({ ready: false });
    expect(await look(of("Pending", "standard"), notFound)).toMatchObject({
      ready: false,
      problems: ["PersistentVolumeClaim is not bound: phase Pending, class standard"],
    });
    expect(await look(of("Pending"))).toMatchObject({ ready: false });
  });

  it.each(refusals)("is not started because its class is answered by %s", async (_, refusal) => {
    await expect(look(of("Pending", "standard"), refusal)).rejects.toBe(refusal);
  });
});

it("a definition is started when it is established", async () => {
  const of = (status: string) =>
    object("CustomResourceDefinition", {
      status: {
        conditions: [
          { type: "NamesAccepted", status: "True" },
          { type: "Established", status },
        ],
      },
    });
  expect(await definition.look(of("True"), new Answers())).toMatchObject({ ready: true });
  expect(await definition.look(of("False"), new Answers())).toMatchObject({ ready: false });
});

it("a selector is asked for with all its parts", () => {
  const matchExpressions = [
    { key: "a", operator: "In", values: ["1", "2"] },
    { key: "b", operator: "NotIn", values: ["3"] },
    { key: "c", operator: "Exists" },
    { key: "d", operator: "DoesNotExist" },
  ];
  expect(selectorQuery({ matchLabels: { x: "1", y: "2" }, matchExpressions })).toBe(
    "x=1,y=2,a in (1,2),b notin (3),c,!d",
  );
  expect(selectorQuery(undefined)).toBeUndefined();
});

describe("pulumi.com/waitFor", () => {
  const of = (status: Bag) => object("World", { status });
  const met = async (wish: string, status: Bag) => (await waitFor(wish).look(of(status), new Answers())).ready;
  const conditions = [
    { type: "Other", status: "True" },
    { type: "Ready", status: "False" },
  ];

  it("goes by a condition's status", async () => {
    expect(await met("condition=Ready", { conditions })).toBe(false);
    expect(await met("condition=Ready=False", { conditions })).toBe(true);
    expect(await met("condition=ready", { conditions: [{ type: "Ready", status: "true" }] })).toBe(true);
    expect(await met("condition=Missing", { conditions })).toBe(false);
  });

  it("goes by a path, and its value", async () => {
    expect(await met("jsonpath={.status.phase}", { phase: "" })).toBe(true);
    expect(await met("jsonpath={.status.phase}", {})).toBe(false);
    expect(await met("jsonpath={.status.list[1].a}=2", { list: [{ a: 1 }, { a: 2 }] })).toBe(true);
    expect(await met("jsonpath={.status.phase}=Running", { phase: "Pending" })).toBe(false);
    expect(await met("jsonpath={.status.a.b.c}", {})).toBe(false);
    expect(await met("jsonpath={.status['phase']}=Running", { phase: "Running" })).toBe(true);
  });

  it("with several waits for each, and says which it waits for", async () => {
    const look = await waitFor(' ["condition=Other", "condition=Ready"]').look(of({ conditions }), new Answers());
    expect(look).toMatchObject({ ready: false, problems: ["condition=Ready was not met"] });
  });

  it("refuses what it does not understand", () => {
    expect(() => waitFor("Ready")).toThrow("neither condition=… nor jsonpath=…: Ready");
  });
});

describe("how long it is waited", () => {
  const annotated = (seconds?: string) =>
    object("Pod", { metadata: { annotations: seconds === undefined ? {} : { "pulumi.com/timeoutSeconds": seconds } } });
  it("says the object itself, else the program, else the kind", () => {
    expect([
      secondsFor(annotated("5"), 7, 9),
      secondsFor(annotated(), 7, 9),
      secondsFor(annotated(), 0, 9),
      secondsFor(annotated("0"), 0, 9),
    ]).toEqual([5, 7, 9, 9]);
  });

  it.each<[string, string, ReadinessRule, number, boolean]>([
    ["apps/v1", "Deployment", deployment, 600, true],
    ["apps/v1", "StatefulSet", statefulSet, 300, true],
    ["apps/v1", "DaemonSet", daemonSet, 600, false],
    ["batch/v1", "Job", job, 600, true],
    ["v1", "Service", service, 600, true],
    ["v1", "Pod", pod, 300, true],
    ["v1", "PersistentVolumeClaim", claim, 300, true],
    ["apiextensions.k8s.io/v1", "CustomResourceDefinition", definition, 60, false],
  ])("%s %s has its own rule", (apiVersion, kind, rule, seconds, onRead) => {
    expect(ruleFor(object(kind, {}, apiVersion))).toBe(rule);
    expect([rule.timeout, rule.onRead ?? false]).toEqual([seconds, onRead]);
  });

  it.each<[string, ReadinessRule]>([
    ["a Deployment", deployment],
    ["a StatefulSet", statefulSet],
    ["a DaemonSet", daemonSet],
    ["a Job", job],
  ])("the pods of %s say why it is not, by its selector", async (_, rule) => {
    const cluster = new Answers({
      "GET /api/v1/namespaces/shop/pods": [
        {
          items: [
            object("Pod", {
              status: {
                conditions: [
                  { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "full" },
                  { type: "Ready", status: "False" },
                ],
              },
            }),
          ],
        },
      ],
    });
    expect(await rule.details!(object("X", { spec: { selector: { matchLabels: { app: "x" } } } }), cluster)).toEqual([
      "[Pod shop/x]: [Unschedulable] full",
    ]);
    expect(cluster.requests[0]!.query).toEqual({ labelSelector: "app=x" });
  });

  it("is not at all where the object says so, or its kind has no rule", () => {
    expect(ruleFor(object("Pod", { metadata: { annotations: { "pulumi.com/skipAwait": "true" } } }))).toBeUndefined();
    expect(ruleFor(object("Pod"))).toBe(pod);
    expect(ruleFor(object("ConfigMap"))).toBeUndefined();
    expect(ruleFor(object("Service", {}, "serving.knative.dev/v1"))).toBeUndefined();
  });
});

describe("waiting", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
    return () => vi.useRealTimers();
  });
  const AT = "/api/v1/namespaces/shop/configmaps/x";
  const inputs = object("ConfigMap", { metadata: { annotations: { "pulumi.com/waitFor": "jsonpath={.data.done}" } } });
  const open = object("ConfigMap", { metadata: { uid: "u1", finalizers: ["a", "b"] } });
  const done = object("ConfigMap", { data: { done: "yes" } });
  const waiting = (
    replies: Reply[],
    { cancelled = new AbortController().signal, timeout = 0 } = {},
  ): Waiting & { asked: string[] } => {
    const cluster = new Answers({ [`GET ${AT}`]: replies });
    return { cluster, host: session(cluster).host, urn: "urn", timeout, cancelled, asked: cluster.asked };
  };
  /** What came of it once the clock has gone on, and at which second. */
  const after = async (promise: Promise<unknown>): Promise<unknown> => {
    let end: unknown;
    void promise.then(
      (value) => (end = value),
      (error: unknown) => (end = error),
    );
    for (let step = 0; step < 1300 && end === undefined; step++) await vi.advanceTimersByTimeAsync(500);
    return end;
  };

  it("ends as soon as the object is ready", async () => {
    const w = waiting([open, open, done]);
    expect(await after(awaitReady(w, inputs, open))).toEqual(done);
    expect(w.asked).toHaveLength(3);
  });

  it("asks nothing of what has no rule", async () => {
    const w = waiting([]);
    expect(await awaitReady(w, object("ConfigMap"), open)).toBe(open);
    expect(w.asked).toEqual([]);
  });

  it("ends at its time with what was missing", async () => {
    const end = await after(awaitReady(waiting([open], { timeout: 20 }), inputs, open));
    expect(end).toMatchObject({
      message: "'x' timed out waiting to be Ready",
      reasons: ["jsonpath={.data.done} was not met"],
    });
    expect(Date.now()).toBeGreaterThanOrEqual(20_000);
    expect(Date.now()).toBeLessThan(22_000);
  });

  it.each([
    ["awaitReady", (w: Waiting) => awaitReady(w, inputs, open)],
    ["awaitGone", (w: Waiting) => awaitGone(w, inputs, AT, "u1")],
  ])("that is cancelled ends at once: %s", async (_, wait) => {
    const cancelled = new AbortController();
    const w = waiting([() => (cancelled.abort(), open)], { cancelled: cancelled.signal });
    expect(await after(wait(w))).toMatchObject({ message: 'Resource operation was cancelled for "x"' });
    expect(w.asked).toHaveLength(1);
  });

  it.each(refusals)("fails where the server answers by %s", async (_, refusal) => {
    expect(await after(awaitReady(waiting([refusal]), inputs, open))).toBe(refusal);
    expect(await after(awaitGone(waiting([refusal]), inputs, AT, "u1"))).toBe(refusal);
  });

  it("for an end names the finalizers that keep the object, at its time", async () => {
    const end = await after(awaitGone(waiting([open], { timeout: 20 }), inputs, AT, "u1"));
    expect(end).toBeInstanceOf(NotReadyError);
    expect((end as Error).message).toBe(
      "timed out waiting for deletion: finalizers might be preventing deletion (a, b)",
    );
    expect(Date.now()).toBeGreaterThanOrEqual(20_000);
    expect(Date.now()).toBeLessThan(22_000);
  });

  it("for an end says after 20 s what keeps a namespace, names the objects, and goes on when they are gone", async () => {
    const NS = "/api/v1/namespaces/client";
    const condition = (type: string, status: string, message: string) => ({ type, status, reason: "R", message });
    const terminating = {
      ...object("Namespace", { metadata: { name: "client", uid: "u1", namespace: undefined } }),
      status: {
        phase: "Terminating",
        conditions: [
          condition("NamespaceDeletionContentFailure", "False", "All content successfully deleted"),
          condition(
            "NamespaceContentRemaining",
            "True",
            "Some resources are remaining: configmaps. has 1 resource instances, worlds.example.com has 2 resource instances",
          ),
          condition("NamespaceFinalizersRemaining", "True", "Some content in the namespace has finalizers remaining"),
        ],
      },
    };
    const held = (name: string, ...finalizers: string[]) => ({ metadata: { name, finalizers } });
    const cluster = new Answers({
      [`GET ${NS}`]: [...Array<Reply>(25).fill(terminating), notFound],
      [`GET ${NS}/configmaps`]: [{ items: [held("keep", "example.com/keep"), held("free")] }],
      "GET /apis/example.com": [{ preferredVersion: { groupVersion: "example.com/v1" } }],
      [`GET /apis/example.com/v1/namespaces/client/worlds`]: [{ items: [held("earth", "a", "b")] }],
    });
    const { host, told } = session(cluster);
    const w: Waiting = { cluster, host, urn: "urn", timeout: 0, cancelled: new AbortController().signal };
    expect(await after(awaitGone(w, inputs, NS, "u1").then(() => "gone"))).toBe("gone");
    expect(told.status).toEqual([
      "info: Resource scheduled for deletion",
      expect.stringMatching(/^warning: \[NamespaceContentRemaining\] Some resources are remaining/),
      "warning: [NamespaceFinalizersRemaining] Some content in the namespace has finalizers remaining",
      "warning: configmaps/keep waits until its finalizers are removed: example.com/keep",
      "warning: worlds.example.com/earth waits until its finalizers are removed: a, b",
      "info: ",
    ]);
  });

  it("for an end says after 20 s which finalizers of its own an object waits for", async () => {
    const seen = waiting([open], { timeout: 30 });
    const end = await after(awaitGone(seen, inputs, AT, "u1"));
    expect((end as NotReadyError).reasons).toEqual(["waits until its finalizers are removed: a, b"]);
  });

  it("for an end takes one of the same name that came after it for its end, and any where none was said", async () => {
    const next = { ...open, metadata: { ...open.metadata, uid: "u2" } };
    const w = waiting([open, next]);
    expect(await after(awaitGone(w, inputs, AT, "u1").then(() => "gone"))).toBe("gone");
    expect(w.asked).toHaveLength(2);
    const unsaid = waiting([open, open, notFound]);
    expect(await after(awaitGone(unsaid, inputs, AT, undefined).then(() => "gone"))).toBe("gone");
    expect(unsaid.asked).toHaveLength(3);
  });

  describe("for a Deployment", () => {
    const DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/x";
    const PODS = "GET /api/v1/namespaces/shop/pods";
    const made = object("Deployment", { spec: { selector: { matchLabels: { app: "x" } } } }, "apps/v1");
    const status = (replicas: number, available = "True") => ({
      ...made,
      metadata: { ...made.metadata, uid: "d", generation: 1, annotations: { [REVISION]: "1" } },
      status: {
        observedGeneration: 1,
        replicas,
        conditions: [{ type: "Available", status: available, reason: "R", message: "m" }],
      },
    });
    const failing = {
      items: [object("Pod", { status: { conditions: [{ type: "Ready", status: "False", message: "crashed" }] } })],
    };
    const started = (
      lives: Reply[],
      pods: Reply[] = [failing],
      more: { timeout?: number; cancelled?: AbortSignal } = {},
    ) => {
      const cluster = new Answers({
        [`GET ${DEPLOYMENT}`]: lives,
        "GET /apis/apps/v1/namespaces/shop/replicasets": [
          {
            items: [
              {
                metadata: { annotations: { [REVISION]: "1" }, ownerReferences: [{ uid: "d" }] },
                spec: { replicas: 1 },
                status: { readyReplicas: 1 },
              },
            ],
          },
        ],
        [PODS]: pods,
      });
      const { host, told } = session(cluster);
      const w: Waiting = { cluster, host, urn: "urn", timeout: 0, cancelled: new AbortController().signal, ...more };
      return { cluster, told, end: after(awaitReady(w, made, made)) };
    };

    it("looks again while pods of before are there, and no longer than its time", async () => {
      const seen = started([status(2), status(2), status(1)]);
      expect(await seen.end).toMatchObject({ status: { replicas: 1 } });
      expect(seen.cluster.asked.filter((call) => call === `GET ${DEPLOYMENT}`)).toHaveLength(3);
      const never = started([status(2)], [failing], { timeout: 20 });
      expect(await never.end).toMatchObject({ status: { replicas: 2 } });
    });

    it("asks its pods every ten seconds, says each word once, and ends with theirs", async () => {
      const { cluster, told, end } = started([status(1, "False")], [failing], { timeout: 35 });
      expect(await end).toMatchObject({
        reasons: ["[R] m", "Minimum number of live Pods was not attained", "[Pod shop/x]: crashed"],
      });
      expect(cluster.asked.filter((call) => call === PODS)).toHaveLength(4);
      expect(told.status.filter((text) => text === "warning: [Pod shop/x]: crashed")).toHaveLength(1);
      expect(told.status.filter((text) => text === "warning: [R] m")).toHaveLength(1);
    });

    it("whose pods the API server refuses says its sentence at once, and ends after 20 s", async () => {
      const sentence = 'pods "x-1" is forbidden: violates PodSecurity "baseline:latest"';
      const refused = status(0, "False");
      refused.status.conditions.push({
        type: "ReplicaFailure",
        status: "True",
        reason: "FailedCreate",
        message: sentence,
      });
      const { told, end } = started([refused], [{ items: [] }], { timeout: 300 });
      expect(await end).toMatchObject({
        message: "'x' cannot become Ready: the API server refuses its pods",
        reasons: [`[FailedCreate] ${sentence}`, "[R] m", "Minimum number of live Pods was not attained"],
      });
      expect(told.status[0]).toBe(`warning: [FailedCreate] ${sentence}`);
      expect(Date.now()).toBeGreaterThanOrEqual(20_000);
      expect(Date.now()).toBeLessThan(23_000);
    });

    it("whose pods were refused for a moment is waited for as before", async () => {
      const refused = status(0, "False");
      refused.status.conditions.push({
        type: "ReplicaFailure",
        status: "True",
        reason: "FailedCreate",
        message: "quota",
      });
      const moments = [...Array<Reply>(15).fill(refused), ...Array<Reply>(10).fill(status(0, "False"))];
      const { end } = started([...moments, ...Array<Reply>(15).fill(refused), status(1)], [{ items: [] }], {
        timeout: 300,
      });
      expect(await end).toMatchObject({ status: { replicas: 1 } });
    });

    it("ends with what it knows where its pods are not told", async () => {
      const { end } = started([status(1, "False")], [refusals[1]![1]], { timeout: 5 });
      expect(await end).toMatchObject({
        message: "'x' timed out waiting to be Ready",
        reasons: ["[R] m", "Minimum number of live Pods was not attained"],
      });
    });

    it("that is cancelled asks nobody any more", async () => {
      const cancelled = new AbortController();
      const { cluster, end } = started([() => (cancelled.abort(), status(1, "False"))], [failing], {
        cancelled: cancelled.signal,
      });
      expect(await end).toMatchObject({ message: 'Resource operation was cancelled for "x"' });
      expect(cluster.asked).not.toContain(PODS);
    });

    it("that is refreshed says what its pods say", async () => {
      const cluster = new Answers({ [PODS]: [failing] });
      const { host } = session(cluster);
      const unseen = { ...status(1), status: {} };
      await expect(
        lookOnce({ cluster, host, urn: "urn", timeout: 0, cancelled: new AbortController().signal }, made, unseen),
      ).rejects.toMatchObject({ reasons: ["[Pod shop/x]: crashed"] });
    });
  });

  describe("for an event", () => {
    /** Each watch is open until it is stopped, and its event is the test's. */
    class Watched extends Answers {
      readonly watches: { path: string; query: unknown; ring: () => void; signal: AbortSignal }[] = [];
      override async watch(path: string, query: unknown, seen: unknown, signal: AbortSignal): Promise<void> {
        this.watches.push({ path, query, ring: seen as () => void, signal });
      }
    }
    const SERVICE = "GET /api/v1/namespaces/shop/services/x";
    const SLICES = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices";
    const made = object("Service", { spec: { selector: { app: "x" } } });
    const waitingFor = (replies: Record<string, Reply[]>, more: { cancelled?: AbortSignal } = {}) => {
      const cluster = new Watched(replies);
      const { host } = session(cluster);
      return {
        cluster,
        w: { cluster, host, urn: "urn", timeout: 0, cancelled: new AbortController().signal, ...more },
      };
    };

    it("looks at once, on the object and on what its rule watches beside it, and stops listening at its end", async () => {
      const { cluster, w } = waitingFor({
        [SERVICE]: [made],
        [`GET ${SLICES}`]: [{ items: [] }, { items: [] }, { items: [{ endpoints: [{}] }] }],
      });
      const end = awaitReady(w, made, made);
      await vi.advanceTimersByTimeAsync(0);
      expect(cluster.watches.map(({ path, query }) => ({ path, query }))).toEqual([
        { path: "/api/v1/namespaces/shop/services", query: { fieldSelector: "metadata.name=x" } },
        { path: SLICES, query: { labelSelector: "kubernetes.io/service-name=x" } },
      ]);
      for (const { ring } of cluster.watches) {
        ring();
        await vi.advanceTimersByTimeAsync(0);
      }
      expect(await end).toEqual(made);
      expect([Date.now(), cluster.watches.map(({ signal }) => signal.aborted)]).toEqual([0, [true, true]]);
    });

    it("does not miss one that comes while it looks, and takes none for two", async () => {
      const { cluster, w } = waitingFor({});
      cluster.replies[SERVICE] = [() => (cluster.watches[0]!.ring(), made), made, made];
      cluster.replies[`GET ${SLICES}`] = [{ items: [] }];
      const end = awaitReady(w, made, made);
      await vi.advanceTimersByTimeAsync(0);
      expect(cluster.asked.filter((call) => call === SERVICE)).toHaveLength(2);
      cluster.replies[`GET ${SLICES}`] = [{ items: [{ endpoints: [{}] }] }];
      await vi.advanceTimersByTimeAsync(1000);
      expect(await end).toEqual(made);
    });

    it("of an end stops listening, too", async () => {
      const { cluster, w } = waitingFor({ [SERVICE]: [made, notFound] });
      const end = awaitGone(w, made, SERVICE.slice(4), "u1");
      await vi.advanceTimersByTimeAsync(0);
      cluster.watches[0]!.ring();
      await end;
      expect([cluster.watches.map(({ path, query, signal }) => [path, query, signal.aborted])]).toEqual([
        [["/api/v1/namespaces/shop/services", { fieldSelector: "metadata.name=x" }, true]],
      ]);
    });
  });

  it("a refresh looks once, and only at kinds that can be told so", async () => {
    const w = waiting([]);
    (w.cluster as Answers).replies["GET /api/v1/namespaces/shop/pods"] = [{ items: [] }];
    await expect(lookOnce(w, object("Job", {}, "batch/v1"), object("Job", { spec: {} }, "batch/v1"))).rejects.toThrow(
      'Resource "x" was created but failed to initialize',
    );
    await lookOnce(w, inputs, open);
    await lookOnce(w, object("Job", {}, "batch/v1"), object("Job", { spec: { suspend: true } }, "batch/v1"));
  });
});
