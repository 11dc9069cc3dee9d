import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { makeWhole, place } from "../../embedded/toolchain/place";

/**
 * The Debian release that is closest to Ubuntu 24.04 in cloud-init and systemd. Python and the shells are of the same
 * year.
 */
const SUITE = "trixie";
const MIRROR = "http://deb.debian.org/debian";
/**
 * Debian machines have this keyring. Without it the archive's signature is not checked, as README's table of
 * downloads says.
 */
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const PACKAGES = ["ca-certificates", "cloud-init", "curl", "openssl", "procps", "shellcheck", "systemd"];

/**
 * Returns the root file system of a Debian with the cloud-init, bash and systemd programs of a VM image; none of them
 * runs. It is built once, in the cache. The machine's own packages and services are not touched.
 */
export async function debianRoot(): Promise<string> {
  const folder = place(
    "debian-root",
    createHash("sha256").update(`mmdebstrap ${SUITE} ${PACKAGES}`).digest("hex").slice(0, 12),
  );
  if (fs.existsSync(folder)) return folder;
  await makeWhole(folder, async (scratch) => {
    const tool = fs.mkdtempSync(path.join(os.tmpdir(), "mmdebstrap-"));
    try {
      // mmdebstrap unpacks all packages at once with the host's apt, in half of debootstrap's time:
      // https://gitlab.mister-muffin.de/josch/mmdebstrap
      await execa("apt-get", ["download", "mmdebstrap"], { cwd: tool });
      await execa("dpkg-deb", ["-x", path.join(tool, fs.readdirSync(tool)[0]!), tool]);
      const source = `deb [${fs.existsSync(KEYRING) ? `signed-by=${KEYRING}` : "trusted=yes"}] ${MIRROR} ${SUITE} main`;
      const variant = ["--variant=minbase", "--mode=root", "--format=directory", `--include=${PACKAGES.join(",")}`];
      await execa(path.join(tool, "usr/bin/mmdebstrap"), [...variant, SUITE, scratch, source]);
    } finally {
      fs.rmSync(tool, { recursive: true, force: true });
    }
  });
  return folder;
}

export interface Ran {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

/**
 * A machine on top of that root. Its writes go to its own folder, and it has neither a network nor the host's
 * processes.
 */
export class Machine {
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "machine-"));

  /** @param like another machine, whose written files are copied */
  constructor(
    private readonly root: string,
    like?: Machine,
  ) {
    for (const name of ["upper", "work", "merged"]) fs.mkdirSync(path.join(this.folder, name));
    // Uses cp, because overlayfs represents a deleted file as a device.
    if (like) execFileSync("cp", ["--archive", path.join(like.folder, "upper"), this.folder]);
  }

  /** Writes a file into the machine. */
  write(file: string, text: string, mode = 0o644): void {
    const target = path.join(this.folder, "upper", file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
    fs.chmodSync(target, mode);
  }

  /** Returns the host's path of a file that was written in the machine. */
  path(file: string): string {
    return path.join(this.folder, "upper", file);
  }

  read(file: string): string {
    return fs.readFileSync(this.path(file), "utf8");
  }

  async run(
    command: string[],
    { env = {}, input = "" }: { env?: Record<string, string>; input?: string } = {},
  ): Promise<Ran> {
    const { folder, root } = this;
    const enter = [
      `mount -t overlay machine -o "lowerdir=${root},upperdir=${folder}/upper,workdir=${folder}/work" "${folder}/merged"`,
      `mount -t proc proc "${folder}/merged/proc"`,
      `mount --bind /dev "${folder}/merged/dev"`,
      `exec chroot "${folder}/merged" "$@"`,
    ].join(" && ");
    const result = await execa(
      "unshare",
      [
        "--mount",
        "--pid",
        "--fork",
        "--net",
        "--uts",
        "sh",
        "-c",
        `hostname server-1a2b3c4d && ${enter}`,
        "sh",
        ...command,
      ],
      {
        input,
        env: {
          PATH: "/stand-ins:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          HOME: "/root",
          LC_ALL: "C.UTF-8",
          ...env,
        },
        extendEnv: false,
        reject: false,
      },
    );
    return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
