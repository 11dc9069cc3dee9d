import { beforeEach, describe, expect, it, vi } from "vitest";
import { deployment } from "../../../embedded/provider/await/deployment";
import { claim, daemonSet, definition, job, pod } from "../../../embedded/provider/await/others";
import { podProblem, selectorQuery } from "../../../embedded/provider/await/pods";
import { service } from "../../../embedded/provider/await/service";
import { waitFor } from "../../../embedded/provider/await/wait-for";
import { awaitGone, awaitReady, lookOnce, ruleFor, secondsFor, type Waiting } from "../../../embedded/provider/await/wait";
import { NotReadyError } from "../../../embedded/provider/errors";
import type { Bag } from "../../../embedded/provider/wire";
import { Answers, notFound, object, refusals, session, type Reply } from "./answers";

const REVISION = "deployment.kubernetes.io/revision";

describe("a Deployment", () => {
  const SETS = "GET /apis/apps/v1/namespaces/shop/replicasets";
  const condition = (type: string, status = "True", reason = "NewReplicaSetAvailable") => ({ type, status, reason, message: `${type} is ${status}` });
  const live = (more: Bag = {}) =>
    object("Deployment", {
      spec: { replicas: 2, selector: { matchLabels: { app: "x" } } },
      metadata: { uid: "d", generation: 2, annotations: { [REVISION]: "3" } },
      status: { observedGeneration: 2, replicas: 2, conditions: [condition("Progressing"), condition("Available")], ...more },
    }, "apps/v1");
  const set = (revision: string, ready: number, { replicas = 2, owner = "d" } = {}) => ({ metadata: { annotations: { [REVISION]: revision }, ownerReferences: [{ uid: owner }] }, spec: { replicas }, status: { readyReplicas: ready } });
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

  it("is still settling while pods of before are there", async () => {
    expect(await look(live({ replicas: 3 }))).toMatchObject({ ready: true, settling: true });
  });

  it.each<[string, Bag, object[], string[]]>([
    ["its controller has not seen the change", { observedGeneration: 1 }, [set("3", 2)], []],
    ["only the pods of the revision before are ready", {}, [set("2", 2), set("3", 1)], ["Minimum number of Pods to consider the application live was not attained"]],
    ["its newest revision has no ReplicaSet yet", {}, [set("2", 2)], ["Minimum number of Pods to consider the application live was not attained"]],
    ["the ReplicaSet of its revision is another's", {}, [set("3", 2, { owner: "other" })], ["Minimum number of Pods to consider the application live was not attained"]],
    ["it is not available", { conditions: [condition("Progressing"), condition("Available", "False", "MinimumReplicasUnavailable")] }, [set("3", 2)], ["[MinimumReplicasUnavailable] Available is False", "Minimum number of live Pods was not attained"]],
    ["nobody knows whether it is available", { conditions: [condition("Progressing"), condition("Available", "Unknown", "Lost")] }, [set("3", 2)], ["[Lost] Available is Unknown", "Minimum number of live Pods was not attained"]],
    ["it is rolling out", { conditions: [condition("Progressing", "True", "ReplicaSetUpdated"), condition("Available")] }, [set("3", 2)], ["Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live"]],
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

  it.each([["there is none", []], ["none is ready", [unready, unready]]])("is not while %s", async (_, items) => {
    expect(await service.look(of({}), slices(...items))).toMatchObject({ ready: false, problems: [expect.stringContaining("does not target any Pods")] });
  });

  it("of type LoadBalancer waits for its address as well", async () => {
    expect(await service.look(of({ type: "LoadBalancer" }, { loadBalancer: {} }), slices(ready))).toMatchObject({ ready: false, problems: ["Service was not allocated an IP address; does your cloud provider support this?"] });
    expect(await service.look(of({ type: "LoadBalancer" }, { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } }), slices(ready))).toMatchObject({ ready: true });
  });

  it.each([[{ type: "ExternalName" }], [{ clusterIP: "None" }]])("%j has nothing to wait for", async (spec) => {
    expect(await service.look(of(spec), slices())).toMatchObject({ ready: true });
  });
});

describe("a DaemonSet", () => {
  const of = (status: Bag, spec: Bag = {}) => object("DaemonSet", { spec, status: { observedGeneration: 1, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2, ...status }, metadata: { generation: 1 } }, "apps/v1");
  it("is started when each node has a new pod that is available", async () => {
    expect(await daemonSet.look(of({}), new Answers())).toMatchObject({ ready: true });
    for (const less of [{ numberAvailable: 1 }, { updatedNumberScheduled: 1 }, { observedGeneration: 0 }]) expect(await daemonSet.look(of(less), new Answers()), JSON.stringify(less)).toMatchObject({ ready: false });
    expect(await daemonSet.look(of({ updatedNumberScheduled: 0 }, { updateStrategy: { type: "OnDelete" } }), new Answers())).toMatchObject({ ready: true });
  });
});

describe("a Job", () => {
  const of = (...conditions: Bag[]) => object("Job", { spec: {}, status: { conditions } }, "batch/v1");
  it("is done when it has succeeded, or is suspended", async () => {
    expect(await job.look(of({ type: "Complete", status: "True" }), new Answers())).toMatchObject({ ready: true });
    expect(await job.look(of({ type: "Suspended", status: "True" }, { type: "SuccessCriteriaMet", status: "True" }), new Answers())).toMatchObject({ ready: true });
    expect(await job.look(object("Job", { spec: { suspend: true } }, "batch/v1"), new Answers())).toMatchObject({ ready: true });
  });
  it("is not while it runs or when it has failed", async () => {
    expect(await job.look(of(), new Answers())).toMatchObject({ ready: false, problems: ["Job has not completed"] });
    expect(await job.look(of({ type: "Complete", status: "False" }), new Answers())).toMatchObject({ ready: false });
    expect(await job.look(of({ type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "too often" }), new Answers())).toMatchObject({ ready: false, problems: ["[BackoffLimitExceeded] too often"] });
  });
});

describe("a Pod", () => {
  const of = (status: Bag) => object("Pod", { status: { phase: "Running", ...status } });
  const notReady = { type: "Ready", status: "False", message: "" };

  it("is started when it is ready, or has done its work", () => {
    expect(pod.look(of({ conditions: [{ type: "Ready", status: "True" }] }), new Answers())).toMatchObject({ ready: true });
    expect(pod.look(of({ phase: "Succeeded", conditions: [notReady] }), new Answers())).toMatchObject({ ready: true });
    expect(pod.look(of({ phase: "Pending" }), new Answers())).toMatchObject({ ready: false, problems: ["Pod is not ready"] });
  });

  it.each<[string, Bag, string | undefined]>([
    ["no node has room", { conditions: [notReady, { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes" }] }, "[Unschedulable] 0/1 nodes"],
    ["its image cannot be had", { conditions: [notReady], containerStatuses: [{ state: { running: {} } }, { state: { waiting: { reason: "ErrImagePull", message: "no" } } }] }, "[ErrImagePull] no"],
    ["its first container keeps it", { conditions: [notReady], initContainerStatuses: [{ state: { waiting: { reason: "CrashLoopBackOff", message: "back-off" } }, lastState: { terminated: { exitCode: 3 } } }] }, "[CrashLoopBackOff] back-off (last exit code 3)"],
    ["a container has failed", { conditions: [notReady], containerStatuses: [{ state: { terminated: { exitCode: 1, reason: "Error" } } }] }, "[Error] Container completed with exit code 1"],
    ["it is only slow", { conditions: [{ ...notReady, message: "containers with unready status: [x]" }], containerStatuses: [{ state: { waiting: { reason: "ContainerCreating" } } }] }, "containers with unready status: [x]"],
  ])("says why it is not: %s", (_, status, words) => {
    expect(podProblem(of(status))).toBe(`[Pod shop/x]: ${words}`);
  });

  it("is not reproached with a container that ended well", () => {
    expect(podProblem(of({ conditions: [notReady], initContainerStatuses: [{ state: { terminated: { exitCode: 0, reason: "Completed" } } }] }))).toBeUndefined();
  });
});

describe("a claim", () => {
  const CLASS = "GET /apis/storage.k8s.io/v1/storageclasses/standard";
  const of = (phase: string, storageClassName?: string) => object("PersistentVolumeClaim", { spec: { storageClassName }, status: { phase } });
  const look = (o: ReturnType<typeof of>, ...replies: Reply[]) => claim.look(o, new Answers({ [CLASS]: replies }));

  it("is started when it is bound, or its class waits for the first pod", async () => {
    expect(await look(of("Bound"))).toMatchObject({ ready: true });
    expect(await look(of("Pending", "standard"), { volumeBindingMode: "WaitForFirstConsumer" })).toMatchObject({ ready: true });
  });

  it("is not where its class binds at once, or there is no such class", async () => {
    expect(await look(of("Pending", "standard"), { volumeBindingMode: "Immediate" })).toMatchObject({ ready: false });
    expect(await look(of("Pending", "standard"), notFound)).toMatchObject({ ready: false, problems: ["PersistentVolumeClaim is not bound: phase Pending, class standard"] });
    expect(await look(of("Pending"))).toMatchObject({ ready: false });
  });

  it.each(refusals)("is not started because its class is answered by %s", async (_, refusal) => {
    await expect(look(of("Pending", "standard"), refusal)).rejects.toBe(refusal);
  });
});

it("a definition is started when it is established", async () => {
  const of = (status: string) => object("CustomResourceDefinition", { status: { conditions: [{ type: "NamesAccepted", status: "True" }, { type: "Established", status }] } });
  expect(await definition.look(of("True"), new Answers())).toMatchObject({ ready: true });
  expect(await definition.look(of("False"), new Answers())).toMatchObject({ ready: false });
});

it("a selector is asked for with all its parts", () => {
  const matchExpressions = [{ key: "a", operator: "In", values: ["1", "2"] }, { key: "b", operator: "NotIn", values: ["3"] }, { key: "c", operator: "Exists" }, { key: "d", operator: "DoesNotExist" }];
  expect(selectorQuery({ matchLabels: { x: "1", y: "2" }, matchExpressions })).toBe("x=1,y=2,a in (1,2),b notin (3),c,!d");
  expect(selectorQuery(undefined)).toBeUndefined();
});

describe("pulumi.com/waitFor", () => {
  const of = (status: Bag) => object("World", { status });
  const met = async (wish: string, status: Bag) => (await waitFor(wish).look(of(status), new Answers())).ready;
  const conditions = [{ type: "Other", status: "True" }, { type: "Ready", status: "False" }];

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
  });

  it("with several waits for each, and says which it waits for", async () => {
    const look = await waitFor('["condition=Other", "condition=Ready"]').look(of({ conditions }), new Answers());
    expect(look).toMatchObject({ ready: false, problems: ["condition=Ready was not met"] });
  });

  it("refuses what it does not understand", () => {
    expect(() => waitFor("Ready")).toThrow("neither condition=… nor jsonpath=…: Ready");
  });
});

describe("how long it is waited", () => {
  const annotated = (seconds?: string) => object("Pod", { metadata: { annotations: seconds === undefined ? {} : { "pulumi.com/timeoutSeconds": seconds } } });
  it("says the object itself, else the program, else the kind", () => {
    expect([secondsFor(annotated("5"), 7, 9), secondsFor(annotated(), 7, 9), secondsFor(annotated(), 0, 9), secondsFor(annotated("0"), 0, 9)]).toEqual([5, 7, 9, 9]);
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
  const waiting = (replies: Reply[], { cancelled = new AbortController().signal, timeout = 0 } = {}): Waiting & { asked: string[] } => {
    const cluster = new Answers({ [`GET ${AT}`]: replies });
    return { cluster, host: session(cluster).host, urn: "urn", timeout, cancelled, asked: cluster.asked };
  };
  /** What came of it once the clock has gone on, and at which second. */
  const after = async (promise: Promise<unknown>): Promise<unknown> => {
    let end: unknown;
    void promise.then((value) => (end = value), (error: unknown) => (end = error));
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
    expect(end).toMatchObject({ message: "'x' timed out waiting to be Ready", reasons: ["jsonpath={.data.done} was not met"] });
    expect(Date.now()).toBeGreaterThanOrEqual(20_000);
    expect(Date.now()).toBeLessThan(22_000);
  });

  it.each([["awaitReady", (w: Waiting) => awaitReady(w, inputs, open)], ["awaitGone", (w: Waiting) => awaitGone(w, inputs, AT, "u1")]])("that is cancelled ends at once: %s", async (_, wait) => {
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
    expect((end as Error).message).toBe("timed out waiting for deletion: finalizers might be preventing deletion (a, b)");
    expect(Date.now()).toBeGreaterThanOrEqual(20_000);
    expect(Date.now()).toBeLessThan(22_000);
  });

  it("a refresh looks once, and only at kinds that can be told so", async () => {
    const w = waiting([]);
    (w.cluster as Answers).replies["GET /api/v1/namespaces/shop/pods"] = [{ items: [] }];
    await expect(lookOnce(w, object("Job", {}, "batch/v1"), object("Job", { spec: {} }, "batch/v1"))).rejects.toThrow('Resource "x" was created but failed to initialize');
    await lookOnce(w, inputs, open);
    await lookOnce(w, object("Job", {}, "batch/v1"), object("Job", { spec: { suspend: true } }, "batch/v1"));
  });
});
