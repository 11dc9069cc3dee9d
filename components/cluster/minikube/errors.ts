/** A failure the user can act on. Its stack is its message: Pulumi's dynamic plugin prints both. */
export class MinikubeError extends Error {
  override name = "MinikubeError";

  constructor(message: string) {
    super(message);
    this.stack = message;
  }
}

/** The oldest minikube that knows the default Kubernetes version. */
export const OLDEST = "1.36.0";

/** How minikube is installed here. Homebrew and winget compare hashes of their own; the file of a release is compared with the hash beside it. */
export function installLine(platform: NodeJS.Platform = process.platform, arch: string = process.arch): string {
  if (platform === "darwin") return "brew install minikube";
  if (platform === "win32") return "winget install Kubernetes.minikube";
  const file = `minikube-linux-${arch === "x64" ? "amd64" : arch}`;
  const url = `https://github.com/kubernetes/minikube/releases/latest/download/${file}`;
  return `curl -fLO ${url} && echo "$(curl -fL ${url}.sha256)  ${file}" | sha256sum --check && sudo install ${file} /usr/local/bin/minikube`;
}

export function isTooOld(version: string): boolean {
  const [seen, oldest] = [version, OLDEST].map((text) => text.replace(/^v/, "").split(/[.-]/).map(Number)) as [number[], number[]];
  const differing = oldest.findIndex((part, index) => (seen[index] ?? 0) !== part);
  return differing >= 0 && (seen[differing] ?? 0) < oldest[differing]!;
}

/** Of what minikube printed, why it gave up: from "Exiting due to" on, or its last lines. */
export function reasonIn(output: string): string {
  const lines = output.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const exit = lines.findIndex((line) => /Exiting due to/.test(line));
  return (exit < 0 ? lines.slice(-6) : lines.slice(exit, exit + 20)).filter((line) => !/^[│╭╰]/.test(line)).map((line) => `  ${line}`).join("\n");
}
