import type { AddonName } from "../../../versions";
import { addonImages } from "../../../versions";
import type { Recipe } from "../recipe";
import { base, file, type Account } from "../rootfs";
import { collectorImage } from "./collector";
import { jaegerImage } from "./jaeger";
import { kialiImage } from "./kiali";
import { prometheusImage } from "./prometheus";
import { zipkinImage } from "./zipkin";

interface Placeholder {
  addon: Exclude<AddonName, "prometheus" | "jaeger" | "kiali" | "zipkin">;
  called: string;
  /** The program's path in upstream's image: what its Deployment starts, or what the image starts itself. */
  program: string;
  /** The user of upstream's image. */
  uid: number;
  ports: number[];
}

const placeholders: Placeholder[] = [
  { addon: "grafana", called: "Grafana", program: "/run.sh", uid: 472, ports: [3000] },
  { addon: "loki", called: "Loki", program: "/usr/bin/loki", uid: 10001, ports: [3100] },
];

/** The images of Istio's addons: real ones where they can be built here, and placeholders for the others. */
export const addonImageRecipes: Recipe[] = [
  prometheusImage,
  jaegerImage,
  kialiImage,
  collectorImage,
  zipkinImage,
  ...placeholders.map(({ addon, called, program, uid, ports }): Recipe => ({
    name: addonImages[addon],
    addon,
    from: "apps/placeholder",
    standIn: `a placeholder of this lab for ${called}: its ports and paths, a page that says so, and nothing of what it does`,
    placeholder: true,
    make: ({ app }) => ({
      files: [...base(account(addon, uid)), file(program, app("placeholder"))],
      start: { entrypoint: [program], env: [`PLACEHOLDER=${addon}`], user: String(uid), ports },
    }),
  })),
];

function account(name: string, uid: number): Account {
  return { name, uid, gid: uid, home: `/home/${name}` };
}
