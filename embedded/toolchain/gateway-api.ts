import { createHash } from "node:crypto";
import { gatewayApi } from "../../versions";

/**
 * The Go module whose release contains the Gateway API's CRDs as files. Istio requires it, so it is downloaded with
 * the modules that are built here.
 */
export const gatewayApiModule = "sigs.k8s.io/gateway-api";

/** Their folder in it: the standard channel, with the policy that keeps older releases from replacing it. */
export const gatewayApiKinds = "config/crd/standard";

/**
 * The CRDs as a Helm chart. Its version carries a hash of the content, like the versions of Istio's charts here.
 *
 * The CRDs are not in the chart's folder `crds`: Helm neither updates nor removes files there.
 *
 * @throws when `kinds` (file name → text) are not exactly the pinned ones.
 */
export function gatewayApiChart(kinds: ReadonlyMap<string, string>): Map<string, string> {
  const wrong = [...new Set([...Object.keys(gatewayApi.sha256), ...kinds.keys()])].filter(
    (file) => sha256(kinds.get(file) ?? "") !== gatewayApi.sha256[file],
  );
  if (wrong.length > 0)
    throw new Error(
      `${gatewayApiModule} ${gatewayApi.version} is not the pinned one: ${wrong.sort().join(", ")} differ.`,
    );
  const content = sha256(JSON.stringify([template, gatewayApi.sha256])).slice(0, 8);
  return new Map([
    [
      "Chart.yaml",
      `apiVersion: v2\nname: gateway-api\nversion: ${gatewayApi.version}+${content}\nappVersion: ${gatewayApi.version}\n`,
    ],
    ["templates/kinds.yaml", template],
    ...[...kinds].map(([file, text]) => [`files/${file}`, text] as const),
  ]);
}

/**
 * The files are copied unchanged, because they are not templates. With the value `keep`, the CRDs outlive their
 * release, as Istio's do: deleting them would delete all custom resources of these kinds.
 */
const template = String.raw`{{ $plain := "\nmetadata:\n  annotations:\n" }}
{{ range $_, $file := .Files.Glob "files/*.yaml" }}
{{ $text := toString $file }}
{{ if and $.Values.keep (contains "\nkind: CustomResourceDefinition\n" $text) }}
{{ $text = replace $plain (print $plain "    helm.sh/resource-policy: keep\n") $text }}
{{ end }}
---
{{ $text }}
{{ end }}
`;

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
