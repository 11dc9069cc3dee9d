import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { distributionFinding, distributionOf, distributions } from "../../../components/cluster/existing/distributions";
import { projectRoot } from "../../../base/paths";

/** A node as the distribution writes it, and the version that its API server tells. */
const marks: Record<string, { node?: object; version?: string }> = {
  kind: { node: { providerId: "kind://docker/kind/kind-control-plane" } },
  k3d: { node: { providerId: "k3s://k3d-mycluster-server-0" }, version: "1.34.2+k3s1" },
  k3s: { node: { providerId: "k3s://server" }, version: "1.36.5+k3s1" },
  minikube: { node: { labels: { "minikube.k8s.io/name": "minikube" } } },
  MicroK8s: { node: { labels: { "microk8s.io/cluster": "true" } } },
  AKS: { node: { providerId: "azure:///subscriptions/0", labels: { "kubernetes.azure.com/cluster": "MC_group" } } },
  EKS: { node: { providerId: "aws:///eu-central-1a/i-0" }, version: "1.34.1-eks-036c24b" },
  GKE: { node: { providerId: "gce://project/zone/node" }, version: "1.34.1-gke.1156000" },
};
const seen = ({ node = {}, version = "1.34.2" }: { node?: object; version?: string }) => ({
  version: { major: 1, minor: 34, text: version },
  nodes: [{ name: "n", internal: [], external: [], usable: true, cpu: 0, memory: 0, ...node }],
});
const page = fs.readFileSync(path.join(projectRoot, "docs/existing.md"), "utf8");

describe.each(distributions.map((one) => ({ ...one })))("$name", ({ name, nodePort, loadBalancer, policy }) => {
  test("is known by its marks", () => {
    expect(distributionOf(seen(marks[name]!))?.name).toBe(name);
  });

  test("is named, with what it does otherwise for the gateway's type of Service", () => {
    for (const [serviceType, habit, other] of [
      ["NodePort", nodePort, loadBalancer],
      ["LoadBalancer", loadBalancer, nodePort],
    ] as const) {
      const finding = distributionFinding(seen(marks[name]!), { serviceType });
      expect(finding.seen.split(":")[0]).toBe(name);
      expect(finding.status).toBe((habit ?? policy) ? "notice" : "ok");
      for (const text of [habit, policy]) if (text !== undefined) expect(finding.seen).toContain(text);
      if (other !== undefined && other !== habit) expect(finding.seen).not.toContain(other);
    }
  });

  test("has its row in docs/existing.md", () => expect(page).toContain(`\n| ${name} | `));
});

test("the page has a row for no other, and an unknown cluster is said to be one", () => {
  const table = page.slice(page.indexOf("| distribution |"), page.indexOf("## What was run"));
  expect([...table.matchAll(/^\| ([^|]+?) \|/gm)].map(([, name]) => name).slice(2)).toEqual(
    distributions.map(({ name }) => name),
  );
  expect(distributionFinding(seen({}), { serviceType: "NodePort" })).toEqual({
    name: "distribution",
    status: "ok",
    seen: "not recognized, so its peculiarities are unknown",
  });
  expect(distributionFinding({ ...seen({}), nodes: [] }, { serviceType: "NodePort" }).status).toBe("ok");
});
