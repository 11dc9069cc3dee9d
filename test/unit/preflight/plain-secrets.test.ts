import { rmSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { plainSecretFindings } from "../../../cli/preflight/finding";
import { project, put } from "../class/roster/project";

vi.mock("../../../base/paths", async () => (await import("../class/roster/project.js")).project);
const file = (text: string) => put(project.projectRoot, "Pulumi.s-01.yaml", text);
afterEach(() => rmSync(`${project.projectRoot}/Pulumi.s-01.yaml`));

test.each([
  ['istio-lab:existing: {kubeconfig: "apiVersion: v1\\nusers: [hunter2]"}', ["existing.kubeconfig"]],
  [
    `istio-lab:existing: '${JSON.stringify({ kubeconfig: "apiVersion: v1\nusers: [hunter2]" })}'`,
    ["existing.kubeconfig"],
  ],
  ["istio-lab:blog: {https: {certificate: x, key: hunter2}}", ["blog.https.key"]],
  ['istio-lab:istio: {values: {istiod: {pem: "-----BEGIN PRIVATE KEY-----\\nhunter2"}}}', ["istio.values.istiod.pem"]],
  ['istio-lab:existing: {kubeconfig: {secure: "v1:hunter2"}}', []],
  ["istio-lab:existing: {kubeconfig: ~/.kube/config, context: lab}", []],
])("a secret in plain text is named with the command that locks it, and not shown: %s", (config, paths) => {
  file(`config:\n  istio-lab:target: existing\n  ${config}\n`);
  const found = plainSecretFindings("s-01");
  expect(found.map(({ status, todo }) => [status, todo])).toEqual(
    paths.map((path) => [
      "notice",
      `encrypt it, from a file that has only its value: npm run -s pulumi -- config set --stack s-01 --secret --path istio-lab:${path} < FILE`,
    ]),
  );
  expect(JSON.stringify(found)).not.toContain("hunter2");
});
