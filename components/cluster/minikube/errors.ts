import { stripVTControlCharacters } from "node:util";
import { minikube } from "../../../versions";

/** A failure the user can act on. Its stack is its message: Pulumi's dynamic plugin prints both. */
export class MinikubeError extends Error {
  override name = "MinikubeError";

  constructor(message: string) {
    super(message);
    this.stack = message;
  }
}

/** How minikube is installed here. Homebrew and winget compare hashes of their own; the file of a release is compared with the hash beside it. */
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

/** So many lines of a failure are shown at most. */
const MOST_LINES = 20;

/** What the system verification of kubeadm found in order: `CGROUPS_CPU: enabled`. */
const IN_ORDER = /^[A-Z][A-Z0-9_]*: enabled\b/;
/** Words of a line that says why; kubeadm's phases, each a line, do not have them. */
const SAYS_WHY =
  /error|fail|fatal|cannot|can't|could not|couldn't|unable|missing|refused|denied|exceeded|timed out|not (healthy|running|found|supported)|no space/i;
/** How to see more, or to go on in spite of it; and a warning, which stopped nothing. */
const SAYS_NOTHING = /^To see the stack trace|^\[preflight\] If you know what you are doing|^\[WARNING/;

/** Of what minikube printed, why it gave up: from "Exiting due to" on, or its last lines. Of many lines, as kubeadm prints them, those that say why. */
export function reasonIn(output: string): string {
  const lines = stripVTControlCharacters(output)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^[│╭╰]/.test(line));
  const exit = lines.findIndex((line) => /Exiting due to/.test(line));
  return (exit < 0 ? lines.slice(-6) : shortened(lines.slice(exit))).map((line) => `  ${line}`).join("\n");
}

function shortened([exit, ...lines]: string[]): string[] {
  const kept = lines.filter((line) => !IN_ORDER.test(line));
  if (kept.length < MOST_LINES) return [exit!, ...kept];
  // Minikube's own advice begins with an asterisk.
  const why = kept.filter((line) => line.startsWith("* ") || (SAYS_WHY.test(line) && !SAYS_NOTHING.test(line)));
  return [exit!, ...(why.length > 0 ? why : kept).slice(1 - MOST_LINES)];
}
