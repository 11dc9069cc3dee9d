import { describe, expect, it } from "vitest";
import { Api, ApiError } from "../../../kube";
import {
  deleteCommands,
  inventory,
  nameOf as thingName,
  pathOf,
  thingsOf,
  type ClusterKind,
} from "../../../components/cluster/existing/inventory";
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
    const names = (where: (verbs: string[]) => boolean) =>
      [...new Set(all.map(nameOf))].filter((name) => where(verbs(name))).sort();
    // Where each comes from: the charts of Istio and of the lessons, and what Pulumi and Helm keep of them.
    const made = [
      "authorizationpolicies.security.istio.io", "clusterrolebindings.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io", "configmaps", "customresourcedefinitions.apiextensions.k8s.io",
      "deployments.apps", "destinationrules.networking.istio.io", "gateways.gateway.networking.k8s.io", "gateways.networking.istio.io", "httproutes.gateway.networking.k8s.io",
      "listenersets.gateway.networking.k8s.io", "mutatingwebhookconfigurations.admissionregistration.k8s.io", "namespaces", "peerauthentications.security.istio.io", "persistentvolumeclaims",
      "rolebindings.rbac.authorization.k8s.io", "roles.rbac.authorization.k8s.io", "secrets", "serviceaccounts", "services", "validatingadmissionpolicies.admissionregistration.k8s.io",
      "validatingadmissionpolicybindings.admissionregistration.k8s.io", "validatingwebhookconfigurations.admissionregistration.k8s.io", "virtualservices.networking.istio.io",
    ]; // prettier-ignore
    expect(names((of) => of.length > 1)).toEqual(made);
    for (const name of made) expect(verbs(name), name).toEqual(["get", "list", "watch", "create", "patch", "delete"]);
    expect(names((of) => of.length === 1)).toEqual([
      "endpointslices.discovery.k8s.io",
      "events",
      "nodes",
      "pods",
      "replicasets.apps",
    ]);
    for (const name of names((of) => of.length === 1)) expect(verbs(name), name).toEqual(["list"]);
  });

  it("of the Gateway API are asked for only where that is used", async () => {
    const [without, withIt] = [await questions(false), await questions(true)];
    expect(without.some(({ group }) => group === "gateway.networking.k8s.io")).toBe(false);
    const more = new Set(withIt.map(nameOf).filter((name) => !without.map(nameOf).includes(name)));
    expect([...more].sort()).toEqual([
      "gateways.gateway.networking.k8s.io",
      "httproutes.gateway.networking.k8s.io",
      "listenersets.gateway.networking.k8s.io",
      "validatingadmissionpolicies.admissionregistration.k8s.io",
      "validatingadmissionpolicybindings.admissionregistration.k8s.io",
    ]);
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
const answering = (error: Error) =>
  ({
    request: async () => Promise.reject(error),
    get: async () => Promise.reject(error),
    list: async () => Promise.reject(error),
  }) as unknown as Api;

describe("what is Istio's or the Gateway API's", () => {
  type Meta = { name: string; namespace?: string; labels?: object; managedFields?: object[] };
  /** Of these objects the names that count. */
  const meant = async (kind: ClusterKind, ...all: Meta[]) => {
    const paths: string[] = [];
    const api = {
      list: async (path: string) => (
        paths.push(path),
        all.map((metadata) => ({ metadata: { uid: "u", ...metadata } }))
      ),
    } as unknown as Api;
    return { names: (await thingsOf(api, kind))!.map(({ name }) => name), paths, things: (await thingsOf(api, kind))! };
  };
  const names = async (kind: ClusterKind, ...all: string[]) =>
    (await meant(kind, ...all.map((name) => ({ name })))).names;

  it("is a kind by its group, and none whose name only ends like that", async () => {
    const own = [
      "gateways.networking.istio.io",
      "telemetries.telemetry.istio.io",
      "istios.istio.io",
      "httproutes.gateway.networking.k8s.io",
    ];
    expect(
      await names(
        "CustomResourceDefinition",
        ...own,
        "x.myistio.io",
        "istio.io.example.org",
        "ingresses.networking.k8s.io",
        "x.y.gateway.networking.k8s.io",
      ),
    ).toEqual(own);
  });

  it.each([
    "ClusterRole",
    "ClusterRoleBinding",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
  ] as const)("is a %s by the names and labels of Istio's charts", async (kind) => {
    const own = [
      "istiod",
      "istiod-clusterrole-istio-system",
      "istio-reader-x",
      "istio-sidecar-injector",
      "istio-validator-istio-system",
      "istio-revision-tag-default",
      "istio-cni",
      "rev.object.sidecar-injector.istio.io",
    ];
    expect(
      await names(
        kind,
        ...own,
        "istiodx",
        "my-istiod",
        "istio-other",
        "istio.io",
        "hook.istio.io.example.org",
        "hook.myistio.io",
      ),
    ).toEqual(own);
    const labelled = [
      { "app.kubernetes.io/part-of": "istio" },
      { app: "istiod" },
      { app: "istio-reader" },
      { app: "sidecar-injector" },
    ].map((labels, index) => ({ name: `l${index}`, labels }));
    expect(
      (await meant(kind, ...labelled, { name: "x", labels: { app: "shop", "app.kubernetes.io/part-of": "shop" } }))
        .names,
    ).toEqual(["l0", "l1", "l2", "l3"]);
  });

  it.each(["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"] as const)(
    "is a %s of Istio's charts, or of the Gateway API",
    async (kind) => {
      expect(
        await names(
          kind,
          "safe-upgrades.gateway.networking.k8s.io",
          "istiod-policy",
          "other",
          "gateway.networking.k8s.io",
        ),
      ).toEqual(["safe-upgrades.gateway.networking.k8s.io", "istiod-policy"]);
    },
  );

  it("is a GatewayClass that nobody but istiod has written", async () => {
    const by = (...managers: string[]) => managers.map((manager) => ({ manager }));
    const all = [
      { name: "istio", managedFields: by("pilot-discovery", "pilot-discovery") },
      { name: "both", managedFields: by("pilot-discovery", "kubectl") },
      { name: "nobody", managedFields: [] },
      { name: "unsaid" },
      { name: "theirs", managedFields: by("kubectl") },
    ];
    const { names, things } = await meant("GatewayClass", ...all);
    expect([names, things[0]!.istiods]).toEqual([["istio"], true]);
  });

  it("is a ConfigMap that istiod puts into every namespace, by its label and its name", async () => {
    const { names, paths, things } = await meant(
      "ConfigMap",
      { name: "istio-ca-root-cert", namespace: "shop" },
      { name: "istio-ca-crl", namespace: "shop" },
      { name: "mine", namespace: "shop" },
    );
    expect(names).toEqual(["istio-ca-root-cert", "istio-ca-crl"]);
    expect([...new Set(paths)]).toEqual(["/api/v1/configmaps?labelSelector=istio.io%2Fconfig%3Dtrue"]);
    expect(things.map((thing) => [pathOf(thing), thingName(thing), thing.istiods])).toEqual([
      ["/api/v1/namespaces/shop/configmaps/istio-ca-root-cert", "ConfigMap shop/istio-ca-root-cert", true],
      ["/api/v1/namespaces/shop/configmaps/istio-ca-crl", "ConfigMap shop/istio-ca-crl", true],
    ]);
    expect(
      deleteCommands([
        ...things,
        { ...things[0]!, namespace: "blog" },
        { kind: "ClusterRole", name: "istiod", uid: "u", istiods: false },
      ]),
    ).toEqual([
      "kubectl delete -n shop configmap/istio-ca-root-cert configmap/istio-ca-crl",
      "kubectl delete -n blog configmap/istio-ca-root-cert",
      "kubectl delete clusterrole/istiod",
    ]);
  });

  it("of the whole cluster is found at its kind's path", () => {
    expect(pathOf({ kind: "ClusterRole", name: "istiod", uid: "u", istiods: false })).toBe(
      "/apis/rbac.authorization.k8s.io/v1/clusterroles/istiod",
    );
  });

  it("of which nothing may be listed is not said to have been listed", async () => {
    const api = {
      list: async (path: string) => (path.includes("gatewayclasses") ? Promise.reject(new ApiError(403, "")) : []),
    } as unknown as Api;
    const { listed, things } = await inventory(api);
    expect([listed.length, listed.includes("GatewayClass"), things]).toEqual([8, false, []]);
  });
});

describe("what is in the cluster", () => {
  it.each(refusals)("has no mark only where there is none, and not by %o", async (refusal) => {
    await expect(readMarker(answering(refusal))).rejects.toBe(refusal);
    expect(await readMarker(answering(new ApiError(404, "none")))).toBeUndefined();
  });

  it.each(refusals.filter(({ code }) => code !== 409))("is not taken for removed by %o", async (refusal) => {
    await expect(removeIfSame(answering(refusal), "/x", "uid")).rejects.toBe(refusal);
  });

  it("is not removed where it is gone, or another has its name", async () => {
    for (const code of [404, 409])
      expect(await removeIfSame(answering(new ApiError(code, "")), "/x", "uid")).toBe(false);
  });

  it("is removed by its uid alone", async () => {
    const asked: unknown[] = [];
    const api = { request: async (...args: unknown[]) => void asked.push(args) } as unknown as Api;
    expect(await removeIfSame(api, "/x", "uid-1")).toBe(true);
    expect(asked).toEqual([
      ["DELETE", "/x", { body: { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid: "uid-1" } } }],
    ]);
  });

  it.each(["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "GatewayClass"] as const)(
    "of a kind that a user may not list is unknown, and none where there is no such kind: %s",
    async (kind) => {
      expect(await thingsOf(answering(new ApiError(403, "")), kind)).toBeUndefined();
      expect(await thingsOf(answering(new ApiError(404, "")), kind)).toEqual([]);
      for (const refusal of refusals.filter(({ code }) => code !== 403))
        await expect(thingsOf(answering(refusal), kind)).rejects.toBe(refusal);
    },
  );

  it.each(["CustomResourceDefinition", "ClusterRole", "MutatingWebhookConfiguration", "ConfigMap"] as const)(
    "of a kind that every seat needs cannot be passed over: %s",
    async (kind) => {
      for (const refusal of [...refusals, new ApiError(404, "")])
        await expect(thingsOf(answering(refusal), kind)).rejects.toBe(refusal);
    },
  );
});
