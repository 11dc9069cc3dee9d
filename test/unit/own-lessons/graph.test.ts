import { describe, expect, test } from "vitest";
import { named } from "../components/graph";
import { config, runProgram } from "../components/program";
import { testLessons } from "./folder";

const lesson = testLessons();

const course = { addons: [], lessons: ["backend"] };
const namesOf = (resources: readonly { name: string }[]) => resources.map(({ name }) => name);

describe("a lesson of one's own on a seat", () => {
  test("adds its objects, and leaves every other resource as it was", async () => {
    const { folder } = lesson("payments");
    const { resources: before } = await runProgram(config(course));
    const { resources: after, outputs } = await runProgram(config({ ...course, lessons: ["backend", folder] }));
    const added = after.filter(({ name }) => !namesOf(before).includes(name));
    expect(added.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "istio-lab:lessons:Namespace payments-namespace",
      "istio-lab:lessons:Own payments",
      "istio-lab:mesh:EntryRoutes payments-entry",
      "istio-lab:mesh:NamespaceSecurity payments-namespace-security",
      "kubernetes:apps/v1:Deployment payments-deployment-client",
      "kubernetes:apps/v1:Deployment payments-deployment-payments-v1",
      "kubernetes:apps/v1:Deployment payments-deployment-payments-v2",
      "kubernetes:core/v1:Namespace payments-namespace-injected",
      "kubernetes:core/v1:Service payments-service-payments",
      "kubernetes:networking.istio.io/v1:DestinationRule payments-entry-subsets",
      "kubernetes:networking.istio.io/v1:Gateway payments-entry-gateway",
      "kubernetes:networking.istio.io/v1:VirtualService payments-entry-route",
      "kubernetes:security.istio.io/v1:PeerAuthentication payments-namespace-security-mtls",
    ]);
    // Only dependencies tell that there is one more lesson, and they change nothing in the cluster.
    for (const resource of before) {
      const { dependsOn: _, ...same } = named(after, resource.name);
      const { dependsOn: __, ...was } = resource;
      if (!resource.name.startsWith("seat")) expect(same).toEqual(was);
    }
    expect(Object.keys(outputs.lessons)).toEqual(["backend", folder]);
  });

  test("has namespace, injection, strict mTLS and the wait settings of any lesson", async () => {
    const { folder } = lesson("payments");
    const { resources } = await runProgram(config({ ...course, lessons: [folder] }));
    expect(named(resources, "payments-namespace-injected").inputs.metadata).toEqual({
      name: "payments",
      labels: { "istio-injection": "enabled" },
    });
    expect(named(resources, "payments-namespace-security-mtls").inputs.spec).toEqual({ mtls: { mode: "STRICT" } });
    expect(named(resources, "payments-service-payments").inputs.metadata).toEqual({
      name: "payments",
      namespace: "payments",
      annotations: { "pulumi.com/skipAwait": "true" },
    });
    const { inputs, dependsOn } = named(resources, "payments-deployment-payments-v1");
    expect(inputs.metadata.annotations).toEqual({ "pulumi.com/timeoutSeconds": "300" });
    expect(dependsOn).toEqual(expect.arrayContaining(["istio-istiod", "payments-namespace-injected"]));
  });

  test("gets the weights of the config, on either API of routes", async () => {
    const { folder } = lesson("payments");
    const canary = { payments: { v1: 90, v2: 10 } };
    const { resources } = await runProgram(config({ ...course, lessons: [folder], canary }));
    expect(named(resources, "payments-entry-route").inputs.spec).toEqual({
      hosts: ["*"],
      gateways: ["payments-gateway"],
      http: [
        {
          match: [{ uri: { prefix: "/payments" } }],
          route: [
            { destination: { host: "payments", subset: "v1", port: { number: 80 } }, weight: 90 },
            { destination: { host: "payments", subset: "v2", port: { number: 80 } }, weight: 10 },
          ],
        },
      ],
    });
    const { resources: other } = await runProgram(config({ ...course, lessons: [folder], canary, gatewayApi: true }));
    expect(named(other, "payments-entry-route").inputs.spec.rules[0].backendRefs).toEqual([
      { group: "", kind: "Service", name: "payments-v1", port: 80, weight: 90 },
      { group: "", kind: "Service", name: "payments-v2", port: 80, weight: 10 },
    ]);
    expect(named(other, "payments-entry-v1").inputs.spec.ports).toEqual([{ name: "http", port: 80, targetPort: 5678 }]);
  });

  test("keeps the content of a Secret secret", async () => {
    const { folder, write } = lesson("payments");
    write(
      "manifests/extra.yaml",
      "apiVersion: v1\nkind: Secret\nmetadata: { name: extra }\nstringData: { key: hidden }\n",
    );
    const { resources } = await runProgram(config({ ...course, lessons: [folder] }));
    const { inputs, secretOutputs } = named(resources, "payments-secret-extra");
    expect({ inputs: inputs.stringData, secretOutputs }).toEqual({
      inputs: expect.anything(),
      secretOutputs: expect.arrayContaining(["stringData"]),
    });
  });
});

describe.each(["./lessons/resilience", "./lessons/egress-and-jwt"])("%s", (folder) => {
  test("makes each object of its manifests, rules before routes", async () => {
    const { resources } = await runProgram(config({ ...course, lessons: [folder] }));
    const own = resources.filter(({ parent }) => parent === folder.split("/").at(-1));
    expect(
      own.map(({ type, inputs }) => `${type.replace(/^kubernetes:/, "")} ${inputs?.metadata?.name ?? ""}`.trim()),
    ).toMatchSnapshot();
    for (const { type, dependsOn } of own.filter(({ type }) => type.endsWith(":VirtualService")))
      expect({ type, dependsOn }).toEqual({ type, dependsOn: expect.arrayContaining(["istio-istiod"]) });
  });
});
