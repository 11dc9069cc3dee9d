import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import type { Step } from "../../../base/step";
import { makeWhole, place } from "../../../embedded/toolchain/place";
import { keyOf } from "./key";

/** Debian's packages of what runs beside the node. They are unpacked into a folder, and not installed: no service of theirs comes to this machine. */
const packages = ["docker.io", "tini", "docker-registry", "skopeo", "libgpgme11", "debootstrap"];

const made = () => place("minikube-packages", keyOf(packages));

/** A file of theirs, by its path in the package. */
export function unpacked(file: string): string {
  return path.join(made(), "root", file);
}

/** For programs of theirs: their own folders first. */
export function unpackedEnvironment(): Record<string, string> {
  return {
    PATH: [unpacked("usr/sbin"), unpacked("usr/bin"), "/usr/sbin:/usr/bin:/sbin:/bin"].join(":"),
    LD_LIBRARY_PATH: unpacked("usr/lib/x86_64-linux-gnu"),
    DEBOOTSTRAP_DIR: unpacked("usr/share/debootstrap"),
  };
}

export function packagesStep(): Step {
  return {
    title: `Debian packages, unpacked beside the system (${packages.join(", ")})`,
    isDone: async () => fs.existsSync(made()),
    run: (report, signal) =>
      makeWhole(made(), async (scratch) => {
        report(0, packages.length, "downloading");
        const download = () =>
          execa("apt-get", ["--quiet", "-o", "APT::Sandbox::User=root", "download", ...packages], {
            cwd: scratch,
            cancelSignal: signal,
          });
        await download().catch(async () => {
          await execa("apt-get", ["--quiet", "update"], { cancelSignal: signal }); // old lists may name what is no more
          await download();
        });
        const files = fs.readdirSync(scratch).filter((name) => name.endsWith(".deb"));
        for (const [index, file] of files.entries()) {
          report(index, files.length, file);
          await execa("dpkg-deb", ["--extract", path.join(scratch, file), path.join(scratch, "root")], {
            cancelSignal: signal,
          });
          fs.rmSync(path.join(scratch, file));
        }
      }),
  };
}
