import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { makeWhole, place } from "../../embedded/toolchain/place";

/** Debian's Chromium without a window, and so with the fewest libraries. */
const PACKAGE = "chromium-headless-shell";
const INSTALLED = `/usr/bin/${PACKAGE}`;

/** A program, or why this machine cannot have it. */
export type Chromium = { readonly program: string } | { readonly lack: string };

/**
 * Chromium for tests: the machine's own, or Debian's packages unpacked in the cache, with the libraries that the machine lacks (100 MB, ten seconds). Nothing is
 * installed.
 */
export async function chromium(): Promise<Chromium> {
  if (fs.existsSync(INSTALLED)) return { program: INSTALLED };
  const release = /^VERSION_CODENAME=(\w+)$/m.exec(fs.readFileSync("/etc/os-release", "utf8"))?.[1] ?? "";
  const made = place(
    "chromium",
    createHash("sha256").update(`${PACKAGE} ${release} ${wrapper}`).digest("hex").slice(0, 16),
  );
  const program = path.join(made, "bin", "chromium");
  try {
    if (!fs.existsSync(program)) await makeWhole(made, unpack);
  } catch (error) {
    const said = /^E: (.+)$/m.exec(String((error as Error).message))?.[1];
    if (said === undefined) throw error;
    return { lack: `Debian's package ${PACKAGE} cannot be had: ${said}` };
  }
  return { program };
}

/** Its own libraries first, and those of the machine after them. */
const wrapper = `#!/bin/sh
root="$(dirname "$(readlink -f "$0")")/../root/usr/lib"
LD_LIBRARY_PATH="$root/x86_64-linux-gnu:$root/x86_64-linux-gnu/pulseaudio:$root/chromium" exec "$root/chromium/${PACKAGE}" "$@"
`;

async function unpack(scratch: string): Promise<void> {
  const archives = path.join(scratch, "archives");
  fs.mkdirSync(path.join(archives, "partial"), { recursive: true });
  // Locked by nobody: it only loads, into a folder of its own.
  const load = () =>
    execa(
      "apt-get",
      [
        "-o",
        `Dir::Cache::archives=${archives}`,
        "-o",
        "Debug::NoLocking=1",
        "install",
        "--yes",
        "--no-install-recommends",
        "--no-remove",
        "--download-only",
        PACKAGE,
      ],
      { env: { LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" }, stdin: "ignore" },
    );
  // Without lists it knows no package; with old ones it asks for what is gone.
  await load().catch(async () => {
    await execa("apt-get", ["-o", "DPkg::Lock::Timeout=120", "update"], { env: { LC_ALL: "C" }, stdin: "ignore" });
    await load();
  });
  const root = path.join(scratch, "root");
  for (const file of fs.readdirSync(archives).filter((name) => name.endsWith(".deb")))
    await execa("dpkg-deb", ["--extract", path.join(archives, file), root]);
  fs.rmSync(archives, { recursive: true });
  fs.mkdirSync(path.join(scratch, "bin"));
  fs.writeFileSync(path.join(scratch, "bin", "chromium"), wrapper, { mode: 0o755 });
}
