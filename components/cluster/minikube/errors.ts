import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { minikube } from "../../../versions";

/** A failure that the user can act on. Its stack equals its message, because Pulumi's dynamic plugin prints both. */
export class MinikubeError extends Error {
  override name = "MinikubeError";

  constructor(message: string) {
    super(message);
    this.stack = message;
  }
}

/**
 * Returns the command that installs minikube on this platform. Homebrew and winget verify hashes themselves; a
 * release file is checked against the hash published beside it.
 */
export function installLine(platform: NodeJS.Platform = process.platform, arch: string = process.arch): string {
  if (platform === "darwin") return "brew install minikube";
  if (platform === "win32") return "winget install Kubernetes.minikube";
  const file = `minikube-linux-${arch === "x64" ? "amd64" : arch}`;
  const url = `https://github.com/kubernetes/minikube/releases/latest/download/${file}`;
  return `curl -fLO ${url} && echo "$(curl -fL ${url}.sha256)  ${file}" | sha256sum --check && sudo install ${file} /usr/local/bin/minikube`;
}

export function isTooOld(version: string): boolean {
  const [seen, oldest] = [version, minikube.oldest].map((text) => text.replace(/^v/, "").split(/[.-]/).map(Number)) as [
    number[],
    number[],
  ];
  const differing = oldest.findIndex((part, index) => (seen[index] ?? 0) !== part);
  return differing >= 0 && (seen[differing] ?? 0) < oldest[differing]!;
}

/** How many lines of a failure are shown at most. */
const MOST_LINES = 20;

/** Matches what kubeadm's system verification found in order: `CGROUPS_CPU: enabled`. */
const IN_ORDER = /^[A-Z][A-Z0-9_]*: enabled\b/;
/** Matches a line that gives a reason. kubeadm's phases, one per line, do not match. */
const SAYS_WHY =
  /error|fail|fatal|cannot|can't|could not|couldn't|unable|missing|refused|denied|exceeded|timed out|not (healthy|running|found|supported)|no space/i;
/** Matches hints on how to see more or to continue anyway, and warnings, which stopped nothing. */
const SAYS_NOTHING = /^To see the stack trace|^\[preflight\] If you know what you are doing|^\[WARNING/;

/**
 * Extracts from minikube's output why it gave up: everything from "Exiting due to" on, or the last lines. Long
 * output, as kubeadm prints it, is reduced to the lines that give a reason.
 */
export function reasonIn(output: string): string {
  const lines = stripVTControlCharacters(output)
    .split("\n")
    .flatMap(wordsIn)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^[│╭╰]/.test(line));
  const exit = lines.findIndex((line) => /Exiting due to/.test(line));
  return (exit < 0 ? lines.slice(-6) : shortened(lines.slice(exit))).map((line) => `  ${line}`).join("\n");
}

const event = z.object({
  specversion: z.string(),
  type: z.string(),
  data: z.object({ message: z.string(), name: z.string().optional(), advice: z.string().optional() }),
});

/**
 * Returns the lines that a person would have got. With `--output=json`, minikube prints each of them as a CloudEvent
 * (out/register/cloud_events.go).
 */
function wordsIn(line: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return [line];
  }
  const { success, data: parsed } = event.safeParse(value);
  if (!success) return [line];
  const { type, data } = parsed;
  const { message, name, advice } = data;
  if (!type.endsWith(".error") || !name) return message.split("\n");
  return [`Exiting due to ${name}: ${message}`, ...(advice ? [`* Suggestion: ${advice}`] : [])].flatMap((text) =>
    text.split("\n"),
  );
}

function shortened([exit, ...lines]: string[]): string[] {
  const kept = lines.filter((line) => !IN_ORDER.test(line));
  if (kept.length < MOST_LINES) return [exit!, ...kept];
  // minikube's own advice begins with an asterisk.
  const why = kept.filter((line) => line.startsWith("* ") || (SAYS_WHY.test(line) && !SAYS_NOTHING.test(line)));
  return [exit!, ...(why.length > 0 ? why : kept).slice(1 - MOST_LINES)];
}
