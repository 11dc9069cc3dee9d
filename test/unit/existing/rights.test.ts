import { describe, expect, it } from "vitest";
import { Api, ApiError } from "../../../components/cluster/existing/api";
import { thingsOf } from "../../../components/cluster/existing/inventory";
import { readMarker, removeIfSame } from "../../../components/cluster/existing/marker";
import { missingRights } from "../../../components/cluster/existing/rights";

type Asked = { verb: string; group: string; resource: string };

/** An API server that allows what a test says, and remembers what it was asked. */
function server(allows: (asked: Asked) => boolean) {
  const asked: Asked[] = [];
  const request = async (_: string, __: string, { body }: { body: { spec: { resourceAttributes: Asked } } }) => {
    asked.push(body.spec.resourceAttributes);
    return { status: { allowed: allows(body.spec.resourceAttributes) } };
  };
  return { asked, api: { request } as unknown as Api };
}
const nameOf = ({ resource, group }: Asked) => (group === "" ? resource : `${resource}.${group}`);
const isAll = ({ verb }: Asked) => verb === "*";
/** All that is asked of a user who may not do everything. */
async function questions(gatewayApi: boolean): Promise<Asked[]> {
  const { asked, api } = server((one) => !isAll(one));
  expect(await missingRights(api, gatewayApi)).toEqual([]);
  return asked.filter((one) => !isAll(one));
}

describe("the rights that a seat needs", () => {
  it("are asked for once where everything is allowed", async () => {
    const { asked, api } = server(() => true);
    expect(await missingRights(api, true)).toEqual([]);
    expect(asked).toEqual([{ verb: "*", group: "*", resource: "*" }]);
  });

  it("are to make, change and delete each kind that it makes, and to look at the others", async () => {
    const all = await questions(true);
    const verbs = (name: string) => all.filter((one) => nameOf(one) === name).map(({ verb }) => verb);
    for (const name of ["namespaces", "secrets", "deployments.apps", "customresourcedefinitions.apiextensions.k8s.io", "virtualservices.networking.istio.io", "authorizationpolicies.security.istio.io", "httproutes.gateway.networking.k8s.io"]) {
      expect(verbs(name), name).toEqual(["get", "list", "watch", "create", "patch", "delete"]);
    }
    for (const name of ["nodes", "pods", "events"]) expect(verbs(name), name).toEqual(["list"]);
  });

  it("of the Gateway API are asked for only where that is used", async () => {
    const [without, withIt] = [await questions(false), await questions(true)];
    expect(without.some(({ group }) => group === "gateway.networking.k8s.io")).toBe(false);
    const more = new Set(withIt.map(nameOf).filter((name) => !without.map(nameOf).includes(name)));
    expect([...more].sort()).toEqual(["gateways.gateway.networking.k8s.io", "httproutes.gateway.networking.k8s.io", "listenersets.gateway.networking.k8s.io", "validatingadmissionpolicies.admissionregistration.k8s.io", "validatingadmissionpolicybindings.admissionregistration.k8s.io"]);
  });

  it("are missed one by one, whichever it is", async () => {
    for (const lacking of await questions(true)) {
      const { api } = server((one) => !isAll(one) && JSON.stringify(one) !== JSON.stringify(lacking));
      expect(await missingRights(api, true)).toEqual([`${nameOf(lacking)} (${lacking.verb})`]);
    }
  });

  it("are all missed where nothing is allowed", async () => {
    const { api } = server(() => false);
    const missing = await missingRights(api, true);
    expect(missing).toHaveLength(new Set((await questions(true)).map(nameOf)).size);
    expect(missing).toContain("namespaces (get, list, watch, create, patch, delete)");
  });
});

/** Every answer that is neither yes nor "there is none". */
const refusals = [401, 403, 409, 422, 429, 500, 503].map((code) => new ApiError(code, `answered ${code}`));
const answering = (error: Error) => ({ request: async () => Promise.reject(error), get: async () => Promise.reject(error), list: async () => Promise.reject(error) }) as unknown as Api;

describe("what is in the cluster", () => {
  it.each(refusals)("has no mark only where there is none, and not by %o", async (refusal) => {
    await expect(readMarker(answering(refusal))).rejects.toBe(refusal);
    expect(await readMarker(answering(new ApiError(404, "none")))).toBeUndefined();
  });

  it.each(refusals.filter(({ status }) => status !== 409))("is not taken for removed by %o", async (refusal) => {
    await expect(removeIfSame(answering(refusal), "/x", "uid")).rejects.toBe(refusal);
  });

  it("is not removed where it is gone, or another has its name", async () => {
    for (const code of [404, 409]) expect(await removeIfSame(answering(new ApiError(code, "")), "/x", "uid")).toBe(false);
  });

  it("is removed by its uid alone", async () => {
    const asked: unknown[] = [];
    const api = { request: async (...args: unknown[]) => void asked.push(args) } as unknown as Api;
    expect(await removeIfSame(api, "/x", "uid-1")).toBe(true);
    expect(asked).toEqual([["DELETE", "/x", { body: { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid: "uid-1" } } }]]);
  });

  it.each(["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "GatewayClass"] as const)("of a kind that a user may not list is unknown, and none where there is no such kind: %s", async (kind) => {
    expect(await thingsOf(answering(new ApiError(403, "")), kind)).toBeUndefined();
    expect(await thingsOf(answering(new ApiError(404, "")), kind)).toEqual([]);
    for (const refusal of refusals.filter(({ status }) => status !== 403)) await expect(thingsOf(answering(refusal), kind)).rejects.toBe(refusal);
  });

  it.each(["CustomResourceDefinition", "ClusterRole", "MutatingWebhookConfiguration", "ConfigMap"] as const)("of a kind that every seat needs cannot be passed over: %s", async (kind) => {
    for (const refusal of [...refusals, new ApiError(404, "")]) await expect(thingsOf(answering(refusal), kind)).rejects.toBe(refusal);
  });
});
