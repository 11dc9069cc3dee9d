import * as fs from "node:fs";
import * as path from "node:path";
import { istio } from "../../../versions";
import type { LayerEntry } from "../oci/entry";
import type { Recipe } from "../recipe";
import { base, busybox, curl, debian, file, libraries, link, type Account } from "../rootfs";

const proxyUser: Account = { name: "istio-proxy", uid: 1337, gid: 1337, home: "/home/istio-proxy" };

/** Where Debian's iptables looks for its matches and targets. */
const extensions = "/usr/lib/x86_64-linux-gnu/xtables";

/**
 * iptables for istio-init, in both variants, as in upstream's base image. `pilot-agent istio-iptables` tests which
 * variant the node's kernel supports, and prefers nft. The plain name is nft too.
 */
function iptables(): LayerEntry[] {
  const entries: LayerEntry[] = [];
  const programs: string[] = [];
  for (const form of ["legacy", "nft"]) {
    const program = debian(`/usr/sbin/xtables-${form}-multi`, "iptables");
    entries.push(program);
    programs.push(program.path);
    for (const family of ["iptables", "ip6tables"]) {
      for (const action of ["", "-save", "-restore"]) {
        entries.push(link(`/usr/sbin/${family}-${form}${action}`, path.basename(program.path)));
        if (form === "nft") entries.push(link(`/usr/sbin/${family}${action}`, path.basename(program.path)));
      }
    }
  }
  // connlabel is left out. It is the only plugin that needs libraries besides those of iptables and Envoy. Running
  // ldd on each of a hundred plugins would cost every `up` a third of a second. A test checks the image for this.
  const plugins = fs
    .readdirSync(extensions)
    .filter((name) => /^lib(xt|ipt|ip6t)_.*\.so$/.test(name) && name !== "libxt_connlabel.so");
  const copies = plugins.map((name) => path.join(extensions, name)).map((plugin) => file(plugin, plugin, 0o644)); // links are followed
  return [...entries, ...copies, ...libraries(programs)];
}

/** Follows upstream's pilot/docker/Dockerfile.pilot and Dockerfile.proxyv2, on Debian instead of Ubuntu. */
export const istioImages: Recipe[] = [
  {
    name: `docker.io/istio/pilot:${istio.version}`,
    from: "pilot-discovery of that version",
    make: ({ tool }) => ({
      files: [...base(proxyUser), file("/usr/local/bin/pilot-discovery", tool("pilot-discovery"))],
      start: { entrypoint: ["/usr/local/bin/pilot-discovery"], user: "1337:1337" },
    }),
  },
  {
    name: `docker.io/istio/proxyv2:${istio.version}`,
    from: "pilot-agent of that version, upstream's Envoy instead of Istio's build of it (no istio.* filters), Debian's iptables, curl and busybox",
    make: ({ tool }) => ({
      files: [
        ...base(proxyUser),
        file("/usr/local/bin/pilot-agent", tool("pilot-agent")),
        file("/usr/local/bin/envoy", tool("envoy")),
        ...libraries([tool("envoy")]),
        file("/var/lib/istio/envoy/envoy_bootstrap_tmpl.json", tool("envoy_bootstrap.json"), 0o644),
        ...iptables(),
        ...curl(),
        ...busybox(),
      ],
      start: { entrypoint: ["/usr/local/bin/pilot-agent"] },
    }),
  },
];
