import type { AddonDefinition } from "../addon";
import { addonImages } from "../../../versions";
import { kialiChecks } from "./checks";
import { graphNamespaces, graphPath, pages } from "./graph";

/** The mesh as a graph. */
export const kiali = {
  service: "kiali",
  port: 20001,
  path: pages,
  localPort: 20001,
  image: addonImages.kiali,
  needs: { pods: 1, cpu: 10, memory: 64 * 2 ** 20 },
  checks: kialiChecks,
  page: (lessons) => {
    const namespaces = graphNamespaces(lessons);
    return namespaces.length === 0 ? undefined : graphPath(namespaces);
  },
  component: () => (require("./component") as typeof import("./component")).KialiAddon,
} satisfies AddonDefinition;
