import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readIfThere } from "../../base/files";
import { labRoot, projectRoot } from "../../base/paths";
import { UserError } from "../../base/errors";

/** Where stacks are kept. */
export interface Backend {
  /** Its address in Pulumi's syntax, without a password. One backend always has the same text here. */
  readonly url: string;
  /**
   * Who chose it: PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN, `pulumi login`, or nobody. In the last case it is this
   * checkout's own.
   */
  readonly by: "environment" | "login" | "checkout";
  /** Whether it is this checkout's own, `.lab/state`, however it was chosen. */
  readonly own: boolean;
  /** Whether a stack's name can have an organization. Pulumi's service and compatible HTTP services allow one. */
  readonly organizations: boolean;
}

const SERVICE = "https://api.pulumi.com";

/**
 * The backend that a Pulumi command would use now.
 * @throws UserError where the login's file cannot be read, because then the backend is unknown
 */
export function chosenBackend(): Backend {
  const { PULUMI_BACKEND_URL: named, PULUMI_ACCESS_TOKEN: token } = process.env;
  if (named) return backend(named, "environment");
  const login = currentLogin();
  if (login !== undefined) return backend(login, token ? "environment" : "login");
  return token ? backend(SERVICE, "environment") : backend(fileUrl(ownState()), "checkout");
}

/** The folder of this checkout's own state. */
export function ownState(): string {
  return path.join(labRoot(), "state");
}

/**
 * The own state's address for PULUMI_BACKEND_URL. It turns off the metadata files beside each checkpoint: a kill -9
 * can leave one empty, and then no command can read the stack.
 */
export function ownBackendUrl(): string {
  return `${fileUrl(ownState())}?metadata=skip`;
}

/** The folder of the user's own Pulumi installation. */
export function userHome(): string {
  return process.env.PULUMI_HOME ?? path.join(os.homedir(), ".pulumi");
}

function backend(named: string, by: Backend["by"]): Backend {
  const url = backendAddress(named);
  return { url, by, own: url === backendAddress(fileUrl(ownState())), organizations: /^https?:/i.test(named) };
}

/** The backend that `pulumi login` recorded. */
function currentLogin(): string | undefined {
  const file = path.join(userHome(), "credentials.json");
  try {
    const text = readIfThere(file) ?? "";
    return text.trim() === "" ? undefined : (JSON.parse(text) as { current?: string } | null)?.current || undefined;
  } catch (error) {
    throw new UserError(
      `${file} cannot be read (${(error as Error).message}). It says which backend has the stacks. Repair it by \`npx pulumi login\`, or set PULUMI_BACKEND_URL.`,
    );
  }
}

/**
 * The `file://` address of a folder for Pulumi. It encodes only the characters that Pulumi would read as part of a
 * URL, so plain paths stay as they are.
 */
export function fileUrl(folder: string): string {
  return `file://${folder.replace(/[%#?\u0000-\u001f\u007f]/g, encodeURIComponent)}`;
}

/**
 * Normalizes a backend's address. A folder becomes its path without symbolic links. Any other address loses its
 * password and tokens. Normalizing twice changes nothing more.
 */
export function backendAddress(named: string): string {
  if (named.startsWith("file://")) {
    const folder = folderOf(named);
    return folder === undefined ? named : fileUrl(realPath(folder));
  }
  try {
    const url = new URL(named);
    url.password = "";
    for (const key of [...url.searchParams.keys()])
      if (/password|secret|token/i.test(key)) url.searchParams.delete(key);
    return url.href.replace(/\/+$/, "");
  } catch {
    return named;
  }
}

/**
 * Reads a `file://` address like Pulumi (massageBlobPath in pkg/backend/diy/backend.go, then Go's URL). The path is
 * relative to the project, `~` is the home folder, and percent encoding is decoded.
 * Returns undefined for an invalid encoding, which Pulumi refuses.
 */
function folderOf(url: string): string | undefined {
  const file = url.slice("file://".length).replace(/\?.*$/s, "");
  const [whole] = path.resolve(projectRoot, file.replace(/^~(?=\/|$)/, os.homedir())).split("#");
  try {
    return decodeURIComponent(whole!);
  } catch {
    return undefined;
  }
}

/**
 * Types of file systems that are on this machine's disks or in its memory (statfs(2), linux/magic.h): ext2 to ext4,
 * XFS, Btrfs, ZFS, F2FS, tmpfs, overlayfs.
 * Any other type may be a network file system: NFS, SMB, FUSE, 9p …
 */
const OF_THIS_MACHINE: readonly number[] = [
  0xef53, 0x58465342, 0x9123683e, 0x2fc12fc1, 0xf2f52010, 0x01021994, 0x794c7630,
];

/** Inode numbers of the machine's initial namespaces (linux/proc_ns.h). */
const FIRST = { pid: "pid:[4026531836]", uts: "uts:[4026531838]" };

/**
 * The folder of the chosen backend's lock files, if a lock's host name and process number can be checked on this
 * machine. This holds for our own state and for a folder on a local disk.
 * A network folder may belong to another machine of the same name. A container that shares only the machine's host
 * name cannot see the machine's processes.
 * Returns undefined where no lock may be broken from here.
 */
export function lockFolder(
  { url, own }: Backend = chosenBackend(),
  typeOf: (folder: string) => number = (folder) => fs.statfsSync(folder).type,
  namespaceOf = ownNamespace,
): string | undefined {
  if (own) return ownState();
  const folder = url.startsWith("file://") ? folderOf(url) : undefined;
  if (folder === undefined || process.platform !== "linux" || !fs.existsSync(folder)) return undefined;
  const isBlind = namespaceOf("pid") !== FIRST.pid && namespaceOf("uts") === FIRST.uts;
  return !isBlind && OF_THIS_MACHINE.includes(typeOf(folder)) ? folder : undefined;
}

function ownNamespace(kind: "pid" | "uts"): string {
  return fs.readlinkSync(`/proc/self/ns/${kind}`);
}

/** Resolves symbolic links, also where the last parts of the path do not exist yet. */
function realPath(file: string): string {
  if (fs.existsSync(file)) return fs.realpathSync(file);
  const parent = path.dirname(file);
  return parent === file ? file : path.join(realPath(parent), path.basename(file));
}
