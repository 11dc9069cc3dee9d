import { addonImages } from "../../../versions";
import { KIALI, pinned } from "../../toolchain/modules";
import type { Recipe } from "../recipe";
import { base, file, tree } from "../rootfs";

const version = pinned("kiali", KIALI).slice(1);
/** The program's folder in upstream's image. Kiali looks for its pages in its working directory. */
const home = "/opt/kiali";

/** Kiali 1 instead of 2: the newest release that can be built from its module. */
export const kialiImage: Recipe = {
  name: addonImages.kiali,
  addon: "kiali",
  from: `Kiali ${version}: the server from its Go module, on the libraries of Kubernetes and Istio of this seat, and its own pages, bundled from the same module`,
  standIn: `Kiali ${version} in place of Kiali ${addonImages.kiali.split(":v")[1]}: an older release, with all that it has; its page "About" says which`,
  make: ({ tool, pages }) => ({
    files: [
      ...base({ name: "kiali", uid: 1000, gid: 1000, home: "/home/kiali" }),
      file(`${home}/kiali`, tool("kiali")),
      ...tree(pages("kiali"), `${home}/console`),
    ],
    start: { entrypoint: [`${home}/kiali`], user: "1000", workingDir: home, ports: [20001, 9090] },
  }),
};
