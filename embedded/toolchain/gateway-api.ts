import { createHash } from "node:crypto";

/** The Go module whose release holds the Gateway API's kinds as files. Istio requires it, so it is downloaded with what is built here. */
export const gatewayApiModule = "sigs.k8s.io/gateway-api";

/** Where they are in it: the standard channel, with the policy that keeps older releases from being put over it. */
export const gatewayApiKinds = "config/crd/standard";

/** The release that Istio's asks for, file by file; anything else is refused. */
const release = {
  version: "1.6.0",
  sha256: {
    "gateway.networking.k8s.io_backendtlspolicies.yaml": "05dd20abea3eb1b5108b9a842a8482d5099db24bd9047bfd3965c7f27a047db7",
    "gateway.networking.k8s.io_gatewayclasses.yaml": "a09b320e69257056e34f268160f883e98d4da9b8786fff3463484ba5fda719df",
    "gateway.networking.k8s.io_gateways.yaml": "7dcaf56db92b197207bc149f049c1be0208bedc8608a56905900d3bfc71b8632",
    "gateway.networking.k8s.io_grpcroutes.yaml": "a97b717e425979726039c813f308f8ab9686e5478ee5072eec5f94ec61db3bf5",
    "gateway.networking.k8s.io_httproutes.yaml": "8c05f321e53b5df6aa4bdbf622a01db9c331f26d7b9723b0fc47001c1341858a",
    "gateway.networking.k8s.io_listenersets.yaml": "2dc80892f2bf636bd678e504bca04f52856f21eef2202091ea842ef39b52339f",
    "gateway.networking.k8s.io_referencegrants.yaml": "37ab52cd8db78fb1fe14140aba96b64f6012a1fb6eb9b98daa321adb57b42f17",
    "gateway.networking.k8s.io_tcproutes.yaml": "a4659f3e1fd7cdd21c44757d9f0febef930dac4fe5f0430c857d5eb853d6e686",
    "gateway.networking.k8s.io_tlsroutes.yaml": "b3f7a900cb767b7be07fec6d277afe43a9b1db36053fef95beacccb1190fa6ca",
    "gateway.networking.k8s.io_udproutes.yaml": "33250d34719f05cd1791e5ea2f36d2c8323f6828c204643c53734df41d3d6e1b",
    "gateway.networking.k8s.io_vap_safeupgrades.yaml": "f3c4889dc8ad81a76b3c99b43462d492c8396de7c1387dbfb818edaf24841261",
  } as Readonly<Record<string, string>>,
};

/**
 * The kinds as a Helm chart. Its version carries a hash of the content, as those of Istio's charts here do.
 *
 * Not in the chart's folder `crds`: Helm neither updates nor removes what is there.
 *
 * @throws when `kinds` (file name → text) are not exactly the pinned ones.
 */
export function gatewayApiChart(kinds: ReadonlyMap<string, string>): Map<string, string> {
  const wrong = [...new Set([...Object.keys(release.sha256), ...kinds.keys()])].filter((file) => sha256(kinds.get(file) ?? "") !== release.sha256[file]);
  if (wrong.length > 0) throw new Error(`${gatewayApiModule} ${release.version} is not the one that is pinned: ${wrong.sort().join(", ")} differ.`);
  const content = sha256(JSON.stringify([template, release.sha256])).slice(0, 8);
  return new Map([
    ["Chart.yaml", `apiVersion: v2\nname: gateway-api\nversion: ${release.version}+${content}\nappVersion: ${release.version}\n`],
    ["templates/kinds.yaml", template],
    ...[...kinds].map(([file, text]) => [`files/${file}`, text] as const),
  ]);
}

/**
 * The files go through as they are: they are no templates. With the value `keep` the kinds outlive their release, as Istio's do: with them would go what
 * others have made of them.
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
