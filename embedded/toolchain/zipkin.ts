import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { ReportProgress, Step } from "../../base/step";
import { systemBinary } from "./debian";
import { requireDebian, requireMachine } from "./machine";
import { makeWhole, place } from "./place";
import { zipkin } from "../../versions";

const JAR = {
  url: `https://repo.maven.apache.org/maven2/io/zipkin/zipkin-server/${zipkin.version}/zipkin-server-${zipkin.version}-slim.jar`,
  sha256: zipkin.sha256,
};

const JAVA = {
  package: "openjdk-17-jre-headless",
  version: zipkin.java.version,
  sha256: zipkin.java.sha256,
  /** The folder of Java in the package. */
  folder: "usr/lib/jvm/java-17-openjdk-amd64",
};

/** Part of the key. Raise it when the same files get another layout. */
const FORMAT = 1;

const INSTEAD = "Without Zipkin, put jaeger into istio-lab:addons instead.";

/** The folder of Debian's Java on a machine. */
export const JAVA_HOME = `/${JAVA.folder}`;
export const JAVA_VERSION = JAVA.version.replace(/\+.*/, "");

/** The path where Zipkin's program is, or will be. */
export function zipkinJar(): string {
  return path.join(folder(), "zipkin.jar");
}

/** The folder where its Java is, or will be: `bin/java` and what that needs, without links. */
export function javaFolder(): string {
  return path.join(folder(), "java");
}

/**
 * The step that downloads Zipkin's jar and unpacks Debian's Java beside it. Nothing is installed. Needs the Debian
 * packages.
 */
export function zipkinStep(): Step {
  return {
    title: `Zipkin ${zipkin.version} and Java ${JAVA_VERSION}`,
    isDone: async () => fs.existsSync(folder()),
    run: async (report, signal) => {
      requireMachine();
      requireDebian();
      await makeWhole(folder(), (scratch) => fill(scratch, report, signal));
    },
  };
}

async function fill(scratch: string, report: ReportProgress, signal: AbortSignal): Promise<void> {
  report(0, 4, "downloading Zipkin");
  const jar = path.join(scratch, "zipkin.jar");
  await tried(
    "Downloading Zipkin",
    "curl",
    ["--fail", "--silent", "--show-error", "--location", "--proto", "=https", "--retry", "2", "--output", jar, JAR.url],
    scratch,
    signal,
  );
  requireContent(jar, JAR.sha256);
  report(1, 4, "downloading Java");
  const work = path.join(scratch, "work");
  fs.mkdirSync(work);
  const archive = path.join(work, await downloadJava(work, signal));
  requireContent(archive, JAVA.sha256);
  report(2, 4, "unpacking Java");
  await tried("Unpacking Java", "dpkg-deb", ["--extract", archive, work], scratch, signal);
  const java = path.join(scratch, "java");
  copyWithoutLinks(work, path.join(work, JAVA.folder), java);
  fs.rmSync(work, { recursive: true });
  report(3, 4, "trying it");
  // Java keeps an archive of its loaded classes, and uses it only while the file of the classes has the same
  // modification time. In an image, every file's time is 0.
  fs.utimesSync(path.join(java, "lib/modules"), 0, 0);
  await tried("Trying Java", path.join(java, "bin/java"), ["-Xshare:dump"], scratch, signal);
}

/** Downloads Java. The package lists may be older than the package, so they are updated after a failure. */
async function downloadJava(work: string, signal: AbortSignal): Promise<string> {
  const download = () =>
    tried("Downloading Java", "apt-get", ["download", `${JAVA.package}=${JAVA.version}`], work, signal);
  try {
    await download();
  } catch {
    signal.throwIfAborted();
    await tried("Updating the lists of packages", "apt-get", ["update"], work, signal).catch(() =>
      signal.throwIfAborted(),
    );
    await download();
  }
  const [file, ...others] = fs.readdirSync(work).filter((name) => name.endsWith(".deb"));
  if (file === undefined || others.length > 0)
    throw new Error(
      `apt-get downloaded ${others.length + Number(file !== undefined)} packages instead of one. ${INSTEAD}`,
    );
  return file;
}

/**
 * Copies Java, and replaces each link by its target: Debian's links lead to Java's configuration in /etc. Links that
 * lead out of the package are left out, because Zipkin needs neither the documentation nor the certificates there.
 */
function copyWithoutLinks(root: string, from: string, to: string): void {
  fs.mkdirSync(to, { recursive: true });
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = entry.isSymbolicLink() ? led(root, source) : source;
    if (target === undefined) continue;
    if (fs.statSync(target).isDirectory()) copyWithoutLinks(root, target, path.join(to, entry.name));
    else fs.copyFileSync(target, path.join(to, entry.name));
  }
}

/** The target of a link inside an unpacked package. Undefined if the target does not exist. */
function led(root: string, link: string): string | undefined {
  const target = fs.readlinkSync(link);
  const there = path.isAbsolute(target) ? path.join(root, target) : path.resolve(path.dirname(link), target);
  return there.startsWith(`${root}/`) && fs.lstatSync(there, { throwIfNoEntry: false })?.isSymbolicLink() === false
    ? there
    : undefined;
}

/** @throws if the file is not the pinned one */
export function requireContent(file: string, sha256: string): void {
  const found = createHash("sha256").update(fs.readFileSync(file)).digest("hex");
  if (found !== sha256)
    throw new Error(
      `${path.basename(file)} is not the pinned one: its SHA-256 is ${found} and not ${sha256}. It is not used. ${INSTEAD}`,
    );
}

function folder(): string {
  const key = createHash("sha256")
    .update(JSON.stringify([FORMAT, JAR, JAVA]))
    .digest("hex")
    .slice(0, 16);
  return place("zipkin", key);
}

/** Runs a program, by its path or its name in Debian. @throws one message with the program's output */
async function tried(doing: string, program: string, args: string[], cwd: string, signal: AbortSignal): Promise<void> {
  const { execa } = await import("execa");
  const file = path.isAbsolute(program) ? program : systemBinary(program);
  if (file === undefined)
    throw new Error(
      `${doing} needs ${program}, which is not installed. It comes with the Debian packages step: run the same command again.`,
    );
  const result = await execa(file, args, {
    cwd,
    stdin: "ignore",
    all: true,
    env: { LC_ALL: "C" },
    cancelSignal: signal,
    reject: false,
  });
  signal.throwIfAborted();
  if (result.exitCode === 0) return;
  const said = (result.all || result.shortMessage || "")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("W: "))
    .slice(-3)
    .join("\n  ");
  throw new Error(`${doing} failed. ${INSTEAD}\n  ${said}`);
}
