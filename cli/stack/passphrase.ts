import { createDecipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../base/errors";
import { createWhole } from "../../base/files";
import { labRoot } from "../../base/paths";
import { ownState } from "./backend";

/** Where the passphrase comes from, in Pulumi's order. */
interface Source {
  /** Names it in a message. */
  readonly name: string;
  /** Undefined where the file cannot be read: Pulumi itself reports that. */
  readonly passphrase: string | undefined;
  /** The variable of the user's shell that chose it. Undefined for the checkout's own file. */
  readonly variable?: string;
}

const TEXT = "PULUMI_CONFIG_PASSPHRASE";
const FILE = "PULUMI_CONFIG_PASSPHRASE_FILE";

/** The checkout's own passphrase file. */
function ownFile(): string {
  return path.join(labRoot(), "passphrase");
}

function source(): Source {
  const { [TEXT]: text, [FILE]: file } = process.env;
  if (text !== undefined) return { name: `${TEXT} in this shell`, passphrase: text, variable: TEXT };
  if (file && path.resolve(file) !== ownFile())
    return { name: `the file ${file}, which ${FILE} names`, passphrase: textOf(file), variable: FILE };
  return { name: ownFile(), passphrase: textOf(ownFile()) };
}

function textOf(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}

/** Whether the user's shell chooses the passphrase. */
export function isPassphraseChosen(): boolean {
  return source().variable !== undefined;
}

/**
 * Returns the checkout's passphrase file, which is generated once. If two runs do so at once, the first one's counts.
 * @throws UserError where it is missing beside what it has locked, because a new one could open nothing of that
 */
export function passphraseFile(): string {
  const file = ownFile();
  if (fs.existsSync(file)) return file;
  const locked = lockedHere();
  if (locked.length > 0) throw new UserError(missing(file, locked));
  createWhole(file, randomBytes(32).toString("base64url"), 0o600);
  return file;
}

function missing(file: string, locked: readonly string[]): string {
  return [
    `${file} is missing. It has the passphrase of the secrets in ${locked.join(", ")}. Nothing has been changed, and no new one is made.`,
    `Restore the file, or set ${TEXT} to the same passphrase.`,
    "If it is lost, these secrets can no longer be read. Delete the seat's cluster by hand, move the state away, and delete the line encryptionsalt and all secrets of the stack's file.",
  ].join("\n");
}

/**
 * The checkpoints of the checkout's own state that a passphrase has locked. A stack file does not count: its stack may
 * be in the user's own backend, with the user's own passphrase.
 */
function lockedHere(): string[] {
  const stacks = path.join(ownState(), ".pulumi", "stacks");
  return filesIn(stacks)
    .filter((name) => name.endsWith(".json"))
    .map((name) => path.join(stacks, name))
    .filter((file) => /"salt":/.test(textOf(file) ?? ""));
}

function filesIn(folder: string): string[] {
  return fs.existsSync(folder) ? (fs.readdirSync(folder, { recursive: true }) as string[]) : [];
}

/**
 * Refuses a passphrase from the user's shell that does not open a stack. Without this the engine fails half-way, and
 * names neither the variable nor the file.
 * @param salt `secrets_providers.state.salt` of the stack's export
 * @throws UserError
 */
export function requirePassphrase(stack: string, salt: string): void {
  const { passphrase, variable } = source();
  if (variable === undefined || passphrase === undefined || opens(passphrase, salt)) return;
  throw new UserError(wrongPassphrase(`stack ${stack}`));
}

/** What to do about Pulumi's "incorrect passphrase". */
export function wrongPassphrase(what: string): string {
  const { name, variable } = source();
  const own = fs.existsSync(ownFile());
  const first = `The passphrase is not the one of ${what}. It comes from ${name}. Nothing has been changed.`;
  if (variable === undefined)
    return `${first}\nRestore the file that this checkout had, or set ${TEXT} to the passphrase that the stack was made with.`;
  return own
    ? `${first}\nIf it belongs to another project, \`unset ${variable}\`: then ${ownFile()} is used again.`
    : `${first}\nSet ${TEXT} to the passphrase that the stack was made with.`;
}

/**
 * Whether a passphrase opens the check text in a salt, `v1:SALT:v1:NONCE:TEXT`, as Pulumi's own manager tests it
 * (github.com/pulumi/pulumi, pkg/secrets/passphrase/manager.go). A salt of another form counts as opened, because then
 * only Pulumi can tell.
 */
function opens(passphrase: string, salt: string): boolean {
  const [, random, nonce, sealed] = /^v1:([^:]+):v1:([^:]+):([^:]+)$/.exec(salt) ?? [];
  if (sealed === undefined) return true;
  const bytes = Buffer.from(sealed, "base64");
  const key = pbkdf2Sync(passphrase, Buffer.from(random!, "base64"), 1_000_000, 32, "sha256");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce!, "base64"));
    decipher.setAuthTag(bytes.subarray(-TAG));
    return decipher.update(bytes.subarray(0, -TAG), undefined, "utf8") + decipher.final("utf8") === "pulumi";
  } catch {
    return false;
  }
}

/** Bytes of GCM's authentication tag, which Go appends to the text. */
const TAG = 16;
