import type { Finding } from "../finding";
import type { Survey } from "./survey";

/**
 * Checks whether the seat's images run on the nodes. The scheduler may place a pod on any usable node, so one
 * unsuitable node is enough to report.
 * @param amd64Only images that are only known to exist for amd64
 * @param ours the stack's own seat is already in the cluster. Its images were seen to run there, so the check reports
 *   a notice and never refuses.
 */
export function architecture(
  { nodes }: Survey,
  { amd64Only = [], ours }: { readonly amd64Only?: readonly string[]; readonly ours: boolean },
): Finding[] {
  const name = "architecture";
  const known = nodes.filter((node) => node.usable && node.architecture !== undefined);
  const kinds = [...new Set(known.map(({ architecture }) => architecture!))].sort();
  const others = known.filter(({ architecture }) => architecture !== "amd64");
  if (known.length === 0) return [];
  if (others.length === 0) return [{ name, status: "ok", seen: kinds.join(", ") }];
  const nodesText = others.map((node) => `node ${node.name} is ${node.architecture}`).join(", ");
  const status = ours ? "notice" : "refused";
  const close = `keep pods away from it: kubectl cordon ${others[0]!.name}`;
  const strange = others.filter(({ architecture }) => architecture !== "arm64");
  if (strange.length > 0)
    return [
      {
        name,
        status,
        seen: `${nodesText}, and the images are for amd64, most of them for arm64 as well`,
        todo: `Choose another cluster, or ${close}`,
      },
    ];
  if (amd64Only.length > 0) {
    return [
      {
        name,
        status,
        seen: `${nodesText}, and of ${amd64Only.join(", ")} only amd64 is known`,
        todo: `Choose lessons without them (istio-lab:lessons), another cluster, or ${close}`,
      },
    ];
  }
  return [
    {
      name,
      status: "notice",
      seen: `${nodesText}: the images are built for it too, as their publishers say; no seat was tested on it`,
    },
  ];
}
