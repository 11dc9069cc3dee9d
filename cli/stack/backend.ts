import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readIfThere } from "../../base/files";
import { labRoot, projectRoot } from "../../base/paths";
import { UserError } from "../../base/errors";

/** Where stacks are kept. */
export interface Backend {
  /** Its address, as Pulumi takes it, without a password. Two addresses of one backend are the same text. */
  readonly url: string;
  /** How it was chosen: by PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN, by `pulumi login`, or not at all: then it is this checkout's own. */
  readonly by: "environment" | "login" | "checkout";
  /** Whether it is this checkout's own, `.lab/state`, however it was chosen. */
  readonly own: boolean;
  /** Whether a stack's name can have an organization: Pulumi's service, and what speaks as it does. */
  readonly organizations: boolean;
}

const SERVICE = "https://api.pulumi.com";

/** The backend that Pulumi's commands would take now. @throws UserError where a login cannot be read: nobody knows then where the stacks are */
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

/** As PULUMI_BACKEND_URL has it for the own state. Without the metadata files beside each checkpoint: a kill -9 can leave one empty, and then no command reads the stack. */
export function ownBackendUrl(): string {
  return `${fileUrl(ownState())}?metadata=skip`;
}

/** The folder of the user's own Pulumi. */
export function userHome(): string {
  return process.env.PULUMI_HOME ?? path.join(os.homedir(), ".pulumi");
}

function backend(named: string, by: Backend["by"]): Backend {
  const url = backendAddress(named);
  return { url, by, own: url === backendAddress(fileUrl(ownState())), organizations: /^https?:/i.test(named) };
}

/** What `pulumi login` noted. */
function currentLogin(): string | undefined {
  const file = path.join(userHome(), "credentials.json");
  try {
    const text = readIfThere(file) ?? "";
    return text.trim() === "" ? undefined : (JSON.parse(text) as { current?: string } | null)?.current || undefined;
  } catch (error) {
    throw new UserError(
      `${file} cannot be read (${(error as Error).message}): it says in which backend the stacks are. Mend it by \`npx pulumi login\`, or name the backend in PULUMI_BACKEND_URL.`,
    );
  }
}

/** A folder as Pulumi's backend takes it. What it reads as a part of a URL is encoded, and nothing else: the text of a plain path stays what it was. */
export function fileUrl(folder: string): string {
  return `file://${folder.replace(/[%#?\u0000-\u001f\u007f]/g, encodeURIComponent)}`;
}

/**
 * The one text of a backend's address. A folder is told by its path without links. Any other address loses what opens it: password and token. The text of such
 * a text is the same.
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
 * As Pulumi reads it (massageBlobPath in pkg/backend/diy/backend.go, then Go's URL): relative to the project, with `~` for the home folder, percent-encoded.
 * Undefined where it is none: Pulumi refuses that.
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
 * Types of file systems whose disks, or memory, are this machine's (statfs(2), linux/magic.h): ext2 to ext4, XFS, Btrfs, ZFS, F2FS, tmpfs, overlayfs. Any other
 * may be a network's: NFS, SMB, FUSE, 9p …
 */
const OF_THIS_MACHINE: readonly number[] = [
  0xef53, 0x58465342, 0x9123683e, 0x2fc12fc1, 0xf2f52010, 0x01021994, 0x794c7630,
];

/** Inode numbers of the machine's first namespaces (linux/proc_ns.h). */
const FIRST = { pid: "pid:[4026531836]", uts: "uts:[4026531838]" };

/**
 * The folder with the chosen backend's lock files, where a lock with this machine's name and a process' number is of this very machine. That is so of our own
 * state, and of a folder on a disk of this machine. A network's folder may be that of another machine of the same name. A container that shows the machine's
 * name, and not its processes, does not know the others. Undefined where the lock is nobody's to break here.
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

/** Without symbolic links, also where the last parts are not there yet. */
function realPath(file: string): string {
  if (fs.existsSync(file)) return fs.realpathSync(file);
  const parent = path.dirname(file);
  return parent === file ? file : path.join(realPath(parent), path.basename(file));
}
