import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { rulesFor } from "../../../components/cluster/azure/rules";
import type { Registered } from "../components/graph";
import { config, runProgram } from "../components/program";
import { addonObjects, containerOf, idOf, object } from "./seat";

const reading = ["get", "list", "watch"];

/** Verbs by which whoever has a role of these rules could change something, with what. */
function writes(rules: { apiGroups?: string[]; resources?: string[]; verbs: string[] }[]): string[] {
  return rules.flatMap(({ resources = [], verbs }) => {
    // The API server answers whether a token is good; nothing is stored.
    const harmless = resources.join() === "tokenreviews" ? [...reading, "create"] : reading;
    return verbs
      .filter((verb) => !harmless.includes(verb))
      .flatMap((verb) => resources.map((resource) => `${verb} ${resource}`));
  });
}

/** Rules of every role that is bound to an account. */
function rulesOf(objects: readonly Registered[], account: string): any[] {
  const bindings = objects.filter(
    ({ inputs }) => /Binding$/.test(inputs.kind) && inputs.subjects.some(({ name }: any) => name === account),
  );
  return bindings.flatMap(({ inputs: { roleRef } }) => object(objects, `${roleRef.kind} ${roleRef.name}`).rules);
}

describe("Kiali", () => {
  test("by default it has no verb that changes anything, and is told so", async () => {
    const objects = await addonObjects(["kiali"]);
    expect(rulesOf(objects, "kiali").length).toBeGreaterThan(5);
    expect(writes(rulesOf(objects, "kiali"))).toEqual([]);
    const { auth, deployment } = parse(object(objects, "ConfigMap istio-system/kiali").data["config.yaml"]);
    expect([auth.strategy, deployment.view_only_mode]).toEqual(["anonymous", true]);
  });

  test("it can look at everything that it can look at in the sample", async () => {
    const [viewer, writer] = [
      rulesOf(await addonObjects(["kiali"]), "kiali"),
      rulesOf(await addonObjects(["kiali"], { kiali: { auth: "token", viewOnly: false } }), "kiali"),
    ];
    const reads = (rules: any[]) =>
      rules
        .flatMap(({ apiGroups, resources, verbs }) =>
          verbs
            .filter((verb: string) => reading.includes(verb))
            .map((verb: string) => `${verb} ${apiGroups} ${resources}`),
        )
        .sort();
    expect(reads(viewer!)).toEqual(reads(writer!));
  });

  test("with viewOnly false it writes, and wants a token", async () => {
    const objects = await addonObjects(["kiali"], { kiali: { auth: "token", viewOnly: false } });
    expect(writes(rulesOf(objects, "kiali"))).toEqual(
      expect.arrayContaining(["patch services", "create *", "delete *", "create pods/portforward"]),
    );
    const { auth, deployment } = parse(object(objects, "ConfigMap istio-system/kiali").data["config.yaml"]);
    expect([auth.strategy, deployment.view_only_mode]).toEqual(["token", false]);
  });

  test.each([
    ["anonymous", {}],
    ["token", { kiali: { auth: "token" } }],
  ])("the sample's signing key, which is known to everybody, is nowhere: %s", async (_, changes) => {
    const objects = await addonObjects(["kiali"], changes);
    expect(JSON.stringify(objects)).not.toContain("CHANGEME");
    expect(parse(object(objects, "ConfigMap istio-system/kiali").data["config.yaml"]).login_token).toBeUndefined();
  });

  test("for a token it signs with a key of the seat's own, which is a secret and where Kiali looks for it", async () => {
    const { resources } = await runProgram(config({ lessons: [], addons: ["kiali"], kiali: { auth: "token" } }));
    const secret = resources.find(({ name }) => name === "kiali-secret")!;
    expect(secret.inputs).toMatchObject({
      metadata: { name: "login-token-signing-key" },
      stringData: { secret: { "value.txt": "SIGNING KEY" } },
    });
    expect(resources.find(({ name }) => name === "kiali-signing-key")!.secretOutputs).toEqual(["key"]);
    const kiali = resources.find(({ name }) => name === "kiali-deployment")!;
    expect(kiali.dependsOn).toContain("kiali-secret");
    expect(containerOf(kiali.inputs).volumeMounts).toContainEqual({
      name: "login-token-signing-key",
      mountPath: "/kiali-override-secrets/login-token-signing-key",
    });
    expect(kiali.inputs.spec.template.spec.volumes).toContainEqual({
      name: "login-token-signing-key",
      secret: { secretName: "login-token-signing-key" },
    });
  });

  test("without a token there is no key", async () => {
    const { resources } = await runProgram(config({ lessons: [], addons: ["kiali"] }));
    expect(resources.filter(({ type }) => /SigningKey|Secret/.test(type))).toEqual([]);
  });
});

describe("every addon", () => {
  let objects: Registered[];
  beforeAll(
    async () =>
      void (objects = [
        ...(await addonObjects(["kiali", "prometheus", "grafana", "jaeger", "loki"])),
        ...(await addonObjects(["zipkin"])),
      ]),
  );

  const pods = () => objects.filter(({ inputs }) => ["Deployment", "StatefulSet"].includes(inputs.kind));

  test("has no role that writes, and none that reads Secrets", () => {
    const rules = objects.filter(({ inputs }) => inputs.kind === "ClusterRole").flatMap(({ inputs }) => inputs.rules);
    expect(writes(rules)).toEqual([]);
    expect(rules.flatMap(({ resources = [] }: any) => resources)).not.toContain("secrets");
  });

  test("runs as no root and gains no privileges", () => {
    expect(pods()).toHaveLength(7);
    for (const one of pods()) {
      const { spec } = one.inputs.spec.template;
      const effective = { ...spec.securityContext, ...spec.containers[0].securityContext };
      expect(effective, idOf(one)).toMatchObject({
        runAsNonRoot: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
      });
    }
  });

  test("has one container, ends at once, asks for little, and gets no sidecar", () => {
    for (const one of pods()) {
      const { metadata, spec } = one.inputs.spec.template;
      expect(spec.containers, idOf(one)).toHaveLength(1);
      expect(spec.terminationGracePeriodSeconds, idOf(one)).toBe(5);
      const { requests, limits = {} } = spec.containers[0].resources;
      expect([Number.parseInt(requests.cpu), Number.parseInt(requests.memory), limits.cpu], idOf(one)).toEqual([
        expect.any(Number),
        expect.any(Number),
        undefined,
      ]);
      expect(Number.parseInt(requests.cpu)).toBeLessThanOrEqual(50);
      expect(requests.memory, idOf(one)).toMatch(/^(48|64|96|128)Mi$/);
      // Loki's sample does not say it; no namespace label asks for one either.
      if (idOf(one) !== "StatefulSet istio-system/loki")
        expect(metadata.labels["sidecar.istio.io/inject"], idOf(one)).toBe("false");
    }
  });

  test("is in istio-system, and comes after what its pods need", () => {
    for (const { inputs, name, type, dependsOn } of objects) {
      if (!/Cluster/.test(inputs.kind)) expect(inputs.metadata.namespace, name).toBe("istio-system");
      if (!/Deployment|StatefulSet/.test(type)) continue;
      const needed = objects
        .filter(
          (other) =>
            other.parent === name.split("-")[0] && /ConfigMap|ServiceAccount|ClusterRole|Claim/.test(other.type),
        )
        .map((other) => other.name);
      expect(dependsOn, name).toEqual(expect.arrayContaining(needed));
    }
    expect(objects.find(({ name }) => name === "kiali-deployment")!.dependsOn).toEqual(
      expect.arrayContaining(["istio-base", "istio-istiod"]),
    );
  });

  test("Kiali is the only one on a port of the node: 31602, which the network's rules know", () => {
    const services = objects.filter(({ inputs }) => inputs.kind === "Service");
    expect(services.filter(({ inputs }) => !["ClusterIP", undefined].includes(inputs.spec.type)).map(idOf)).toEqual([
      "Service istio-system/kialinodeport",
    ]);
    const { spec } = object(objects, "Service istio-system/kialinodeport");
    expect(spec.ports).toEqual([{ name: "http", appProtocol: "http", protocol: "TCP", port: 20001, nodePort: 31602 }]);
    expect(spec.selector).toEqual(object(objects, "Service istio-system/kiali").spec.selector);
    const [kiali] = rulesFor({
      adminCidrs: ["198.51.100.1/32"],
      traineeCidrs: ["203.0.113.0/24"],
      openToWorld: [],
      ssh: undefined,
    });
    expect(kiali).toEqual({ name: "kiali", priority: 200, ports: ["31602"], sources: ["203.0.113.0/24"] });
  });

  test("Prometheus cannot be stopped by a request", () => {
    expect(containerOf(object(objects, "Deployment istio-system/prometheus")).args).not.toContainEqual(
      expect.stringMatching(/lifecycle|admin-api/),
    );
  });

  test("Grafana lets everybody look, and nobody in", () => {
    const env = Object.fromEntries(
      containerOf(object(objects, "Deployment istio-system/grafana")).env.map(({ name, value }: any) => [name, value]),
    );
    expect(env).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: "true",
      GF_AUTH_ANONYMOUS_ORG_ROLE: "Viewer",
      GF_AUTH_BASIC_ENABLED: "false",
      GF_AUTH_DISABLE_LOGIN_FORM: "true",
      GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: "true",
    });
    expect(Object.keys(env)).not.toContainEqual(expect.stringMatching(/ADMIN_(USER|PASSWORD)/));
  });
});
