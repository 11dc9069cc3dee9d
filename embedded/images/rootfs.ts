import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, posix, relative } from "node:path";
import type { LayerEntry, FileEntry } from "./oci/entry";

/** A file of this machine, placed at `path`. @param mode @default 0755, a program */
export function file(path: string, source: string, mode = 0o755): FileEntry {
  return { kind: "file", path, mode, from: { file: source } };
}

/** A file with this text. @param mode @default 0644 */
export function text(path: string, content: string, mode = 0o644): FileEntry {
  return { kind: "file", path, mode, from: { text: content } };
}

export function link(path: string, target: string): LayerEntry {
  return { kind: "link", path, target };
}

/** A file of a Debian package at its own path. @throws naming the package when it is not installed. */
export function debian(path: string, debianPackage: string, mode = 0o755): FileEntry {
  if (!existsSync(path))
    throw new Error(`${path} is missing on this machine: install the Debian package ${debianPackage}`);
  return file(path, path, mode);
}

/** The files of a folder of this machine, below `to`, sorted by name. Executable files stay executable in the image. */
export function tree(from: string, to: string): LayerEntry[] {
  const files = readdirSync(from, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map((entry) => relative(from, join(entry.parentPath, entry.name))).sort();
  return names.map((name) =>
    file(posix.join(to, name), join(from, name), statSync(join(from, name)).mode & 0o100 ? 0o755 : 0o644),
  );
}

/** A user account of the image. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
  /** Its group's name. @default the account's name */
  group?: string;
  home: string;
}

/** The parts of every image: accounts, a world-writable /tmp, and the certificates that this machine trusts. */
export function base(account?: Account): LayerEntry[] {
  const nobody = { name: "nobody", uid: 65534, gid: 65534, group: "nogroup", home: "/nonexistent" };
  const all: Account[] = [{ name: "root", uid: 0, gid: 0, home: "/root" }, nobody, ...(account ? [account] : [])];
  const entries: LayerEntry[] = [
    text("/etc/passwd", all.map((a) => `${a.name}:x:${a.uid}:${a.gid}::${a.home}:/bin/sh\n`).join("")),
    text("/etc/group", all.map((a) => `${a.group ?? a.name}:x:${a.gid}:\n`).join("")),
    text("/etc/nsswitch.conf", "hosts: files dns\n"),
    debian("/etc/ssl/certs/ca-certificates.crt", "ca-certificates", 0o644),
    { kind: "folder", path: "/tmp", mode: 0o1777 },
    { kind: "folder", path: "/run", mode: 0o755 },
    { kind: "folder", path: "/root", mode: 0o700 },
  ];
  if (account && account.home !== "/") {
    entries.push({ kind: "folder", path: account.home, mode: 0o755, uid: account.uid, gid: account.gid });
  }
  return entries;
}

/**
 * Debian's static busybox with a link for each of its applets: a shell and the usual tools for people who look into
 * the container.
 */
export function busybox(): LayerEntry[] {
  const program = debian("/bin/busybox", "busybox-static");
  const applets = once(`${program.path} --list-full`, () =>
    execFileSync(program.path, ["--list-full"], { encoding: "utf8" }).trim().split("\n"),
  );
  return [
    program,
    ...applets.filter((applet) => applet !== "bin/busybox").map((applet) => link(`/${applet}`, "/bin/busybox")),
  ];
}

/** Debian's curl with the libraries it needs. */
export function curl(): LayerEntry[] {
  const program = debian("/usr/bin/curl", "curl");
  return [program, ...libraries([program.path])];
}

/**
 * The shared libraries (and the loader) that these programs and plugins of this machine need, each at the path where
 * the loader looks. None for static programs.
 *
 * @throws when a library is not on this machine.
 */
export function libraries(programs: string[]): LayerEntry[] {
  return once(`ldd ${programs.join(" ")}`, () => {
    const { stdout, stderr, error } = spawnSync("ldd", programs, {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
    });
    const complaint = (stderr ?? "")
      .split("\n")
      .find((line) => line && !/not a dynamic executable|you do not have execution permission/.test(line));
    if (error || complaint) throw new Error(`ldd cannot read ${programs.join(" ")}: ${complaint ?? error?.message}`);
    return [...new Set(parseLdd(stdout))].map((library) => file(library, library));
  });
}

/**
 * The paths in a listing of ldd.
 *
 * @throws when it says that a library is not found.
 */
export function parseLdd(listing: string): string[] {
  const missing = [...listing.matchAll(/^\s*(\S+) => not found$/gm)].map(([, name]) => name);
  if (missing.length > 0)
    throw new Error(`Missing on this machine: ${missing.join(", ")}. Is a Debian package damaged?`);
  return [...listing.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/gm)].map(([, library]) => library!);
}

const answers = new Map<string, unknown>();

/** Several images ask this machine the same question. Within one process, it is asked only once. */
function once<T>(question: string, ask: () => T): T {
  if (!answers.has(question)) answers.set(question, ask());
  return answers.get(question) as T;
}
