import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { providerInUse } from "../../../embedded/provider/install";
import { podProblem } from "../../../embedded/provider/await/pods";
import {
  gvkOfType,
  idOf,
  isBuiltIn,
  isClusterScoped,
  isCrd,
  isPatch,
  isTrue,
  objectId,
  parseId,
  urnName,
  urnType,
} from "../../../embedded/provider/kinds";
import { pulumi } from "../../../versions";

const urn = (type: string, name: string) => `urn:pulumi:x2::istio-lab::istio-lab:lessons:Blog$${type}::${name}`;

describe("a URN", () => {
  it("has the type of the resource itself, below its parents', and a name that may have colons", () => {
    const of = urn("kubernetes:core/v1:Service", "a::b");
    expect([urnType(of), urnName(of)]).toEqual(["kubernetes:core/v1:Service", "a::b"]);
  });
});

describe("a token stands for", () => {
  it.each([
    ["kubernetes:core/v1:Service", "v1", "Service"],
    ["kubernetes:core/v1:NamespacePatch", "v1", "Namespace"],
    ["kubernetes:apps/v1:DeploymentPatch", "apps/v1", "Deployment"],
    ["kubernetes:example.com/v1:NetworkPatch", "example.com/v1", "NetworkPatch"],
    ["kubernetes:core/v1:Patch", "v1", "Patch"],
    ["kubernetes:core/v1:PatchSet", "v1", "PatchSet"],
  ])("%s: %s %s", (type, apiVersion, kind) => expect(gvkOfType(type)).toEqual({ apiVersion, kind }));

  it("single fields only where it is its kind's Patch", () => {
    expect([
      isPatch(urn("kubernetes:core/v1:NamespacePatch", "n"), "Namespace"),
      isPatch(urn("kubernetes:core/v1:Namespace", "n"), "Namespace"),
      isPatch(urn("kubernetes:core/v1:NamespacePatch", "n"), "Service"),
    ]).toEqual([true, false, false]);
  });
});

describe("an id", () => {
  it.each([
    ["shop/x", { namespace: "shop", name: "x" }],
    ["x", { name: "x" }],
    ["/x", { namespace: "", name: "x" }],
    ["shop/a/b", { namespace: "shop", name: "a/b" }],
  ])("%s is read", (id, parts) => expect(parseId(id)).toEqual(parts));

  it("has the namespace only where there is one", () => {
    expect([
      idOf("shop", "x"),
      idOf(undefined, "x"),
      idOf("", "x"),
      objectId({ apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "shop", name: "x" } }),
    ]).toEqual(["shop/x", "x", "x", "shop/x"]);
  });
});

it("a kind has no namespace by its group as well: one of that name in another group has", () => {
  const of = (apiVersion: string, kind: string) => ({ apiVersion, kind, metadata: {} });
  expect(
    [
      of("v1", "Namespace"),
      of("rbac.authorization.k8s.io/v1", "ClusterRole"),
      of("gateway.networking.k8s.io/v1", "GatewayClass"),
      of("example.com/v1", "ClusterRole"),
      of("v1", "Service"),
      of("core/v1", "Namespace"),
    ].map(isClusterScoped),
  ).toEqual([true, true, true, false, false, true]);
  expect(
    [
      of("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
      of("example.com/v1", "CustomResourceDefinition"),
      of("apiextensions.k8s.io/v1", "X"),
    ].map(isCrd),
  ).toEqual([true, false, false]);
  expect(["v1", "apps/v1", "networking.istio.io/v1", "gateway.networking.k8s.io/v1"].map(isBuiltIn)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(
    ([{ a: "true" }, { a: "false" }, {}, undefined] as (Record<string, string> | undefined)[]).map((annotations) =>
      isTrue({ apiVersion: "v1", kind: "X", metadata: { name: "x", annotations } }, "a"),
    ),
  ).toEqual([true, false, false, false]);
});

describe("a pod's problem", () => {
  const pod = (status?: object) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: "shop", name: "x" },
    ...(status && { status }),
  });
  const where = "[Pod shop/x]: ";

  it("is none where it is ready, has succeeded, or nothing is known of it yet", () => {
    for (const status of [
      { phase: "Succeeded", conditions: [{ type: "Ready", status: "False" }] },
      { conditions: [{ type: "Ready", status: "True" }] },
      { phase: "Pending" },
      undefined,
    ])
      expect(podProblem(pod(status))).toBeUndefined();
  });

  it("is what keeps its containers, before it has any condition", () => {
    expect(
      podProblem(
        pod({ containerStatuses: [{ state: { waiting: { reason: "ErrImagePull", message: "not found" } } }] }),
      ),
    ).toBe(`${where}[ErrImagePull] not found`);
    expect(
      podProblem(
        pod({
          initContainerStatuses: [{ state: { terminated: { exitCode: 2, reason: "Error" } } }],
          containerStatuses: [{ state: { waiting: { reason: "PodInitializing" } } }],
        }),
      ),
    ).toBe(`${where}[Error] Container completed with exit code 2`);
    expect(
      podProblem(
        pod({
          containerStatuses: [
            { state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: { terminated: { exitCode: 1 } } },
            { state: { terminated: { exitCode: 0 } } },
          ],
        }),
      ),
    ).toBe(`${where}[CrashLoopBackOff]  (last exit code 1)`);
  });

  it("is the first of its conditions that is not met", () => {
    const conditions = (...types: string[]) =>
      types.map((type) => ({ type, status: "False", reason: "R", message: `${type} is not met` }));
    expect(podProblem(pod({ conditions: conditions("PodScheduled", "Ready") }))).toBe(
      `${where}[R] PodScheduled is not met`,
    );
    for (const [index, type] of ["Initialized", "ContainersReady", "Ready"].entries())
      expect(
        podProblem(pod({ conditions: conditions(...["Ready", "ContainersReady", "Initialized"].slice(0, 3 - index)) })),
      ).toBe(`${where}${type} is not met`);
  });
});

describe("the Kubernetes provider that the engine finds", () => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-plugins-"));
  afterAll(() => fs.rmSync(home, { recursive: true }));
  const at = (name: string) => path.join(home, "plugins", `resource-kubernetes-v${pulumi.kubernetes}`, name);

  it("is none, the official one, or the stand-in by its mark, and that alone", () => {
    expect(providerInUse(home)).toBe("none");
    fs.mkdirSync(path.dirname(at("x")), { recursive: true });
    expect(providerInUse(home)).toBe("none");
    fs.writeFileSync(at("pulumi-resource-kubernetes"), "");
    expect(providerInUse(home)).toBe("official");
    fs.writeFileSync(at("istio-lab-stand-in"), "");
    expect(providerInUse(home)).toBe("stand-in");
    fs.rmSync(at("pulumi-resource-kubernetes"));
    expect(providerInUse(home)).toBe("none");
  });
});
