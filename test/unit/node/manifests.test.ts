import { loadAllYaml, type KubernetesObject } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { cniConfig } from "../../../embedded/node/config";
import { fill, manifests } from "../../../embedded/node/manifests";

const objects = manifests().flatMap((text) => loadAllYaml(text) as (KubernetesObject & Record<string, any>)[]);
const find = (kind: string, name: string) =>
  objects.find((object) => object.kind === kind && object.metadata?.name === name);

describe("the manifests", () => {
  it("make `standard` the default class, deleted with its claim, under minikube's provisioner name", () => {
    const standard = find("StorageClass", "standard")!;
    expect(standard.metadata?.annotations).toEqual({ "storageclass.kubernetes.io/is-default-class": "true" });
    expect(standard).toMatchObject({ provisioner: "k8s.io/minikube-hostpath", reclaimPolicy: "Delete" });
  });

  it("put DNS where the kubelet tells every pod it is", () => {
    expect(find("Service", "kube-dns")).toMatchObject({
      spec: { clusterIP: "10.96.0.10", selector: { "k8s-app": "kube-dns" } },
    });
    expect(find("Deployment", "coredns")).toMatchObject({
      spec: { template: { metadata: { labels: { "k8s-app": "kube-dns" } } } },
    });
  });

  it("pull nothing", () => {
    const containers = objects
      .filter((object) => object.kind === "Deployment")
      .flatMap((object) => object.spec.template.spec.containers);
    expect(containers.length).toBe(2);
    for (const container of containers)
      expect(container).toMatchObject({
        imagePullPolicy: "IfNotPresent",
        image: expect.stringMatching(/^[\w./-]+:[\w.-]+$/),
      });
  });
});

it("fill says which value is missing", () => {
  expect(fill("a ${B} c", { B: "x" })).toBe("a x c");
  expect(() => fill("${NONE}", {})).toThrow("${NONE} has no value");
});

it("the pods' network is JSON that lets a pod reach itself, and forgets its addresses with the seat", () => {
  const bridge = JSON.parse(cniConfig()).plugins[0];
  expect(bridge).toMatchObject({
    type: "bridge",
    hairpinMode: true,
    ipam: { dataDir: expect.stringMatching(/^\/run\//) },
  });
});
