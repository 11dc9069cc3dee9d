import { parseAllDocuments } from "yaml";
import { describe, expect, it } from "vitest";
import { manifestObjects, readManifest } from "../../../kube";

/** Two kinds as Istio's base chart has them: folded texts, quoted words that YAML 1.1 would read otherwise, patterns. */
const kind = (name: string) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  annotations:
    "helm.sh/resource-policy": keep
  name: ${name}.example.org
spec:
  group: example.org
  names:
    kind: ${name}
    shortNames:
    - se
  versions:
  - additionalPrinterColumns:
    - description: 'CreationTimestamp is a timestamp: it is not
        guaranteed to be set.'
      jsonPath: .metadata.creationTimestamp
    name: v1
    schema:
      openAPIV3Schema:
        properties:
          weight:
            description: One or more labels that indicate a specific set
              of pods on which it acts.
            enum:
            - "OFF"
            - "y"
            - SIMPLE
            format: int32
            maximum: 65535
            pattern: ^[0-9]+(\\.[0-9]+)?$
        x-kubernetes-preserve-unknown-fields: true
    served: true
`;

describe("the objects of a Helm manifest", () => {
  it("are read as YAML 1.1, in their order, without empty documents", () => {
    const manifest = [
      "",
      "# Source: a.yaml\nkind: ConfigMap\nmetadata: {name: a}\ndata: {on: yes}\n",
      "\n# nothing\n",
      "kind: Secret\nmetadata: {name: b}\nstringData:\n  text: |\n    --- not a document\n    x\n",
    ].join("---\n");
    expect(manifestObjects(manifest)).toEqual([
      { kind: "ConfigMap", metadata: { name: "a" }, data: { true: true } },
      { kind: "Secret", metadata: { name: "b" }, stringData: { text: "--- not a document\nx\n" } },
    ]);
  });

  it("are the same for kinds, which the faster reader takes", () => {
    const manifest = ["First", "Second"].map(kind).join("---\n");
    expect(manifestObjects(manifest)).toEqual(
      parseAllDocuments(manifest, { version: "1.1" }).map((one) => one.toJS() as unknown),
    );
    expect(manifestObjects(manifest)).toHaveLength(2);
  });

  it.each([
    ["a kind", "CustomResourceDefinition", "spec: [1\n"],
    ["another object", "ConfigMap", "data: {a: [}\n"],
  ])("are read beside a document that is no YAML, which is named with its reason: %s", (_, kind, broken) => {
    const manifest = `kind: Service\nmetadata: {name: a}\n---\nkind: ${kind}\nmetadata:\n  name: bad\n${broken}---\nkind: Secret\nmetadata: {name: b}\n`;
    const { objects, unreadable } = readManifest(manifest);
    expect(objects.map((one) => one.kind)).toEqual(["Service", "Secret"]);
    expect(unreadable).toEqual([{ what: `${kind} bad`, why: expect.stringMatching(/\S/) }]);
    expect(() => manifestObjects(manifest)).toThrow(`${kind} bad in a manifest is no YAML: `);
  });
});
