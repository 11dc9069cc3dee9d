// Installs the packages of package-lock.json when they are missing or stale. Plain JavaScript without dependencies: see run.mjs.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, constants, existsSync, lstatSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { constants as system } from "node:os";
import { join } from "node:path";
import { usersOf } from "./packages-in-use.mjs";

/**
 * Programs that lock an open file for us, as descriptor 3. macOS has no flock but has Perl. LOCK_EX is 2 and LOCK_NB 4
 * on both systems.
 */
const LOCKERS = [
  { file: "flock", wait: ["3"], now: ["-n", "3"] },
  { file: "perl", wait: perl(2), now: perl(6) },
];

/**
 * Installs the packages. Only one command installs at a time, and only while no other uses the packages: npm first
 * removes the whole folder.
 * @param fail ends the process with a message and an exit code
 */
export async function installPackages(root, fail) {
  if (isInstalled(root)) return;
  const folder = join(root, "node_modules");
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink())
    fail(
      "node_modules is a link to packages of another package-lock.json. npm would empty the folder behind it. Remove the link, and run the command again.",
    );
  const lock = takeLock(join(root, ".lab"), fail);
  // Another command may have installed them while this one waited.
  if (!isInstalled(root)) {
    const users = usersOf(root, lock.file);
    if (users.length > 0)
      fail(
        `The npm packages of this checkout differ from package-lock.json. npm would remove them while these programs use them: ${users.join(", ")}. Nothing has been done. Run the same command again after they have ended.`,
      );
    await install(root, lock.descriptor, fail);
  }
  closeSync(lock.descriptor);
}

/**
 * Compares the marker with the lock file's hash. The marker is written last, so an install that was killed is
 * repeated.
 */
function isInstalled(root) {
  const marker = markerOf(root);
  return existsSync(marker) && readFileSync(marker, "utf8") === hashOf(root);
}

async function install(root, descriptor, fail) {
  const started = Date.now();
  const hash = hashOf(root);
  process.stderr.write("Installing npm packages (about half a minute) …\n");
  const npm = await runNpm(["ci", "--no-audit", "--no-fund", "--loglevel=error"], root, descriptor, fail);
  if (npm.status !== 0)
    fail(
      `npm could not install the packages of package-lock.json${reasonOf(npm.stderr)}\nCheck that the registry is reachable (npm ping) and that the disk has room. Then run the same command again.`,
    );
  writeFileSync(markerOf(root), hash);
  process.stderr.write(`Installed npm packages in ${Math.round((Date.now() - started) / 1000)} s.\n`);
}

/**
 * Runs npm to its end and passes on signals that ask us to end. npm holds the lock too: if this process is killed,
 * nobody else begins before npm has ended.
 */
function runNpm(args, root, descriptor, fail) {
  return new Promise((resolve) => {
    const npm = spawn("npm", args, { cwd: root, stdio: ["ignore", "ignore", "pipe", descriptor] });
    let heard;
    const pass = (signal) => npm.kill((heard ??= signal));
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, pass);
    let stderr = "";
    npm.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    npm.on("error", (error) => fail(`npm could not be started: ${error.message}`));
    npm.on("close", (status) => {
      for (const signal of signals) process.off(signal, pass);
      if (heard !== undefined)
        fail("Interrupted. Run the same command again: it installs the packages.", 128 + system.signals[heard]);
      resolve({ status, stderr });
    });
  });
}

/**
 * Takes the lock. The empty file stays. Only this user can open and thus lock it. The lock ends with the processes
 * that hold the file open, however they end.
 */
function takeLock(lab, fail) {
  const file = join(lab, "packages.lock");
  let descriptor;
  try {
    mkdirSync(lab, { recursive: true, mode: 0o700 });
    descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  } catch (error) {
    fail(
      `${file}, which keeps two commands from installing npm packages at once, cannot be opened: ${error.message}. Nothing has been done.`,
    );
  }
  for (const locker of LOCKERS) {
    const run = (args) =>
      spawnSync(locker.file, args, { stdio: ["ignore", "ignore", "pipe", descriptor], encoding: "utf8" });
    const now = run(locker.now);
    if (now.error?.code === "ENOENT") continue;
    if (now.status === 0) return { file, descriptor };
    process.stderr.write("Waiting for another command that installs the npm packages of this checkout …\n");
    const waited = run(locker.wait);
    if (waited.status !== 0)
      fail(
        `${locker.file} could not lock ${file}: ${waited.stderr.trim() || waited.error?.message || `it ended with ${waited.status ?? waited.signal}`}. Nothing has been done.`,
      );
    return { file, descriptor };
  }
  process.stderr.write(
    "This machine has neither flock nor perl, so npm packages are installed without a lock. Start no other command of this checkout meanwhile.\n",
  );
  return { file, descriptor };
}

function perl(operation) {
  return ["-e", `open(my $file, "+<&=3") or die "$!\\n"; exit(flock($file, ${operation}) ? 0 : 1)`];
}

/** The sentences of npm's message, without stack trace, error fields and log path. */
function reasonOf(stderr) {
  const lines = stderr.split("\n").map((line) => line.replace(/^npm error ?/, ""));
  const said = lines.filter(
    (line) => /^\S.* /.test(line) && !/^(code|syscall|errno|path|A complete log|If you are behind) ?/.test(line),
  );
  return said.length > 0 ? `:\n  ${said.slice(-8).join("\n  ")}` : ".";
}

function markerOf(root) {
  return join(root, "node_modules", ".istio-lab-installed");
}

function hashOf(root) {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}
