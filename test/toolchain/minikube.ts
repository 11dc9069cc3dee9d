import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import type { Step } from "../../base/step";
import { makeWhole, place } from "../../embedded/toolchain/place";

const folder = path.join(__dirname, "minikube");
export const version = "v1.36.0";

/** The release's stamps, as in its Makefile. Without the last one the addon's YAML is broken: `start` takes two minutes longer, and every claim stays Pending. */
const stamped = { version, isoVersion: version, storageProvisionerVersion: "v5" };
const stamps = Object.entries(stamped)
  .map(([name, value]) => `-X k8s.io/minikube/pkg/version.${name}=${value}`)
  .join(" ");
/** Without inlining and debug information it is built a third sooner. */
const args = [
  "build",
  "-mod=readonly",
  "-trimpath",
  "-buildvcs=false",
  "-gcflags=all=-dwarf=false -l",
  "-ldflags",
  `-s -w ${stamps}`,
];

/** The oldest minikube that the program takes, built from its Go module: two minutes, or five on a busy machine of two processors. */
export function minikubeStep(): Step {
  return {
    title: `minikube ${version.slice(1)} from source`,
    isDone: async () => fs.existsSync(made()),
    run: (_, signal) =>
      makeWhole(
        made(),
        async (scratch) =>
          void (await execa("go", [...args, "-o", `${path.join(scratch, "bin")}${path.sep}`, "tool"], {
            cwd: folder,
            env: { CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "" },
            cancelSignal: signal,
          })),
      ),
  };
}

/** The path of what the step builds. */
export const minikubeBinary = (): string => path.join(made(), "bin", "minikube");

function made(): string {
  const key = createHash("sha256").update(JSON.stringify(args));
  for (const file of ["go.mod", "go.sum"]) key.update(fs.readFileSync(path.join(folder, file)));
  return place("minikube", key.digest("hex").slice(0, 16));
}
