import * as fs from "node:fs";

/** Checks the machine before anything is built for the embedded seat. @throws one clear message if it does not fit */
export function requireMachine(platform: string = process.platform, arch: string = process.arch): void {
  if (platform !== "linux") {
    throw new Error(
      `The embedded seat runs on Linux only, this is ${platform}. Use the stack \`dev\` (minikube) instead.`,
    );
  }
  // Envoy is available as a ready binary only for x86-64.
  if (arch !== "x64") {
    throw new Error(
      `The embedded seat runs on x86-64 only, this machine is ${arch}. Use the stack \`dev\` (minikube) instead.`,
    );
  }
}

/** Installing Debian packages needs Debian's tools and root. */
export function requireDebian(uid: number | undefined = process.getuid?.(), osRelease: string = readOsRelease()): void {
  const value = (key: string): string => new RegExp(`^${key}="?([^"\n]*)`, "m").exec(osRelease)?.[1] ?? "";
  if (![value("ID"), ...value("ID_LIKE").split(" ")].includes("debian")) {
    const name = value("PRETTY_NAME") || "this system";
    throw new Error(
      `The embedded seat needs Debian or Ubuntu (it uses their packages), this is ${name}. Use the stack \`dev\` (minikube) instead.`,
    );
  }
  if (uid !== 0) {
    throw new Error(
      "The embedded seat needs root: it installs packages and makes namespaces. Run the same command as root (sudo -E).",
    );
  }
}

function readOsRelease(): string {
  try {
    return fs.readFileSync("/etc/os-release", "utf8");
  } catch {
    return "";
  }
}
