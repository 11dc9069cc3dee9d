import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { makeWhole, place } from "../../embedded/toolchain/place";

/** Debian's release nearest to Ubuntu 24.04 in cloud-init and systemd: both come with the Python and the shells of the same year. */
const SUITE = "trixie";
const MIRROR = "http://deb.debian.org/debian";
/** Debian's own machines have it; where it is missing nothing says whose the archive is, as README's table of downloads has it. */
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const PACKAGES = ["ca-certificates", "cloud-init", "curl", "openssl", "procps", "shellcheck", "systemd"];

/**
 * The root file system of a Debian with what a VM's image has of cloud-init, bash and systemd's programs, none of them running. It is made once, in the
 * cache; the machine's own packages and services are not touched.
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
      // It unpacks all packages at once by the host's apt, which takes half of debootstrap's time: https://gitlab.mister-muffin.de/josch/mmdebstrap
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

/** A machine over that root: what is written stays in a folder of its own, and it has no network and no process of the host's. */
export class Machine {
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "machine-"));

  /** @param like a machine whose written files this one begins with */
  constructor(
    private readonly root: string,
    like?: Machine,
  ) {
    for (const name of ["upper", "work", "merged"]) fs.mkdirSync(path.join(this.folder, name));
    // cp, because a file that was deleted there is a device.
    if (like) execFileSync("cp", ["--archive", path.join(like.folder, "upper"), this.folder]);
  }

  /** Puts a file there. */
  write(file: string, text: string, mode = 0o644): void {
    const target = path.join(this.folder, "upper", file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
    fs.chmodSync(target, mode);
  }

  /** Path on the host of a file that was written there. */
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
