import { readFileSync } from "node:fs";
import * as path from "node:path";
import { addonImages } from "../../../versions";
import { prometheusVersion } from "../../toolchain/modules";
import type { LayerEntry } from "../oci/entry";
import type { Recipe } from "../recipe";
import { base, busybox, file, text } from "../rootfs";

/** Follows upstream's Dockerfile: its user, its folders, its defaults. */
export const prometheusImage: Recipe = {
  name: addonImages.prometheus,
  addon: "prometheus",
  from: `Prometheus ${prometheusVersion()}, of the ways to find targets Kubernetes' alone, with a page of this lab in place of upstream's; busybox`,
  make: ({ tool }) => ({
    files: [
      ...base(),
      ...busybox(),
      file("/bin/prometheus", tool("prometheus")),
      // A build without pages looks for them at this path below its working directory (web/ui/ui.go).
      text(
        "/prometheus/web/ui/static/mantine-ui/index.html",
        readFileSync(path.join(__dirname, "..", "pages", "prometheus.html"), "utf8"),
      ),
      folder("/etc/prometheus/consoles"),
      folder("/etc/prometheus/console_libraries"),
      folder("/prometheus", 65534),
    ],
    start: {
      entrypoint: ["/bin/prometheus"],
      cmd: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
      user: "nobody",
      workingDir: "/prometheus",
      ports: [9090],
    },
  }),
};

function folder(at: string, owner = 0): LayerEntry {
  return { kind: "folder", path: at, mode: 0o755, uid: owner, gid: owner };
}
