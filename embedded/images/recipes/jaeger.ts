import { readFileSync } from "node:fs";
import * as path from "node:path";
import { addonImages } from "../../../versions";
import { pinned } from "../../toolchain/modules";
import type { Recipe } from "../recipe";
import { base, file, text } from "../rootfs";

/** Jaeger 1 instead of 2: the last release that can be built from its module alone. */
export const jaegerImage: Recipe = {
  name: addonImages.jaeger,
  addon: "jaeger",
  from: `Jaeger ${pinned("jaeger", "github.com/jaegertracing/jaeger").slice(1)}: collector, query and storages of that version`,
  standIn:
    "Jaeger 1 in place of Jaeger 2, told by its configuration: receivers, storage and API are Jaeger's own, the pages are one of this lab",
  make: ({ tool }) => ({
    files: [
      ...base({ name: "jaeger", uid: 10001, gid: 10001, home: "/home/jaeger" }),
      file("/cmd/jaeger/jaeger", tool("jaeger")),
      text("/cmd/jaeger/ui/index.html", readFileSync(path.join(__dirname, "..", "pages", "jaeger.html"), "utf8")),
    ],
    start: {
      entrypoint: ["/cmd/jaeger/jaeger", "--ui", "/cmd/jaeger/ui"],
      // Badger allocates tables of 80 MB in one piece, and by default Go allows as much garbage as memory in use.
      // With this setting, Jaeger takes 103 MB after 800 traces instead of 175.
      env: ["GOGC=25"],
      user: "10001",
      workingDir: "/cmd/jaeger",
      ports: [4317, 4318, 9411, 13133, 14250, 14268, 16685, 16686],
    },
  }),
};
