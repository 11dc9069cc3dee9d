import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { requireDebian, requireMachine } from "../embedded/toolchain/machine";
import { cacheRoot, projectRoot } from "../embedded/paths";
import { UserError } from "./errors";

/** The oldest Go that compiles the pinned Kubernetes and Istio (the `go` line of their go.mod). */
const GO_VERSION = [1, 26] as const;
/** What modules, build cache and programs take on an empty machine, and what a seat takes. */
const ROOM_TO_BUILD = 12 * 2 ** 30;

/**
 * Checks, before anything is installed, what the embedded target needs of this machine. Throws one UserError that
 * names everything that is missing and what to do; a machine that can never have the seat is told of the stack `dev`.
 */
export function preconditions(): void {
  const problems = [requireMachine, requireDebian, requireGo, requireRoom].flatMap((check) => {
    try {
      check();
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
  if (problems.length === 0) return;
  const elsewhere = process.platform === "linux" ? "" : "\nThe seat on minikube is the way here: npm run up -- --stack dev";
  throw new UserError(`The embedded seat cannot be made on this machine yet:\n${problems.map((problem) => `- ${problem}`).join("\n")}${elsewhere}`);
}

function requireGo(): void {
  let version: string;
  try {
    version = execFileSync("go", ["env", "GOVERSION"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    throw new Error("Go is not installed (no `go` on PATH): Kubernetes and Istio are built from source. Install Go 1.26 or newer and open a new shell.");
  }
  const [major, minor] = version.replace(/^go/, "").split(".").map(Number);
  if (major! > GO_VERSION[0] || (major === GO_VERSION[0] && minor! >= GO_VERSION[1])) return;
  throw new Error(`Go ${GO_VERSION.join(".")} or newer is needed to build Kubernetes and Istio; \`go\` here is ${version}.`);
}

/** Only until everything is built: afterwards a seat's own room is asked for when it is made. */
function requireRoom(): void {
  if (fs.existsSync(cacheRoot())) return;
  const { bavail, bsize } = fs.statfsSync(projectRoot);
  if (bavail * bsize >= ROOM_TO_BUILD) return;
  throw new Error(`The disk has ${(bavail * bsize / 2 ** 30).toFixed(1)} GiB left; building the seat's programs takes ${ROOM_TO_BUILD / 2 ** 30} GiB.`);
}
