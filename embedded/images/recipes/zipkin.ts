import * as path from "node:path";
import { addonImages, zipkin } from "../../../versions";
import { JAVA_HOME, JAVA_VERSION } from "../../toolchain/zipkin";
import type { Recipe } from "../recipe";
import { base, debian, file, libraries, tree } from "../rootfs";

/**
 * The files of Java that link libraries of the system. Its other files link these three, and libraries for graphics,
 * printing and sound, which a server never loads.
 */
const LINKED = ["bin/java", "lib/libjli.so", "lib/server/libjvm.so"];

/**
 * Libraries that the jar's network libraries link, because they were built before glibc 2.34. These files are empty
 * today.
 */
const STUBS = ["libdl.so.2", "libpthread.so.0", "librt.so.1"].map((name) => `/lib/x86_64-linux-gnu/${name}`);

/** Follows upstream's slim image: traces are kept in memory. */
export const zipkinImage: Recipe = {
  name: addonImages.zipkin,
  addon: "zipkin",
  from: `Zipkin ${zipkin.version}: upstream's own jar, on Debian's headless Java ${JAVA_VERSION}`,
  make: ({ tool, java }) => ({
    files: [
      ...base({ name: "zipkin", uid: 1000, gid: 1000, home: "/home/zipkin" }),
      ...tree(java(), JAVA_HOME),
      ...libraries(LINKED.map((name) => path.join(java(), name))).filter((entry) => !isOf(java(), entry.path)),
      ...STUBS.map((stub) => debian(stub, "libc6")),
      file("/zipkin/zipkin.jar", tool("zipkin.jar"), 0o644),
    ],
    start: {
      // One compiler and one collector are enough for a lesson's traces: 135 MB, where the defaults took 177.
      entrypoint: [
        `${JAVA_HOME}/bin/java`,
        "-Xms32m",
        "-Xmx64m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-jar",
        "/zipkin/zipkin.jar",
      ],
      user: "1000",
      workingDir: "/zipkin",
      ports: [9411],
    },
  }),
};

function isOf(folder: string, file: string): boolean {
  return !path.relative(folder, file).startsWith("..");
}
