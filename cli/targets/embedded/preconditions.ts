import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { onStack } from "../../../base/advice";
import { requireDebian, requireMachine } from "../../../embedded";
import { cacheRoot } from "../../../base/paths";
import { gibibytes, roomFor } from "../../../base/room";
import { UserError } from "../../../base/errors";

/** The oldest Go that compiles the pinned Kubernetes and Istio (the `go` line of their go.mod). */
const GO_VERSION = [1, 26] as const;
/** Disk space for modules, build cache and programs on an empty machine, and for one seat. */
const ROOM_TO_BUILD = 12 * 2 ** 30;
/** The advice for machines that cannot have an embedded seat. */
const ELSEWHERE = onStack("dev", "The seat on minikube is made by: npm run up");

/**
 * Checks this machine before anything is installed. Throws one UserError that names everything missing and what to do.
 * A machine that can never have the seat only gets the advice to use stack `dev`; further problems are not listed.
 */
export function preconditions(): void {
  const never = problemOf(requireMachine);
  if (never !== undefined) throw new UserError(`${never}\n${ELSEWHERE}`);
  const problems = [requireDebian, requireGo, requireRoom].map(problemOf).filter((problem) => problem !== undefined);
  if (problems.length === 0) return;
  const elsewhere = problems.some((problem) => problem.includes("minikube")) ? [ELSEWHERE] : [];
  throw new UserError(
    [
      "The embedded seat cannot be made on this machine yet:",
      ...problems.map((problem) => `- ${problem}`),
      ...elsewhere,
    ].join("\n"),
  );
}

function problemOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function requireGo(): void {
  let version: string;
  try {
    version = execFileSync("go", ["env", "GOVERSION"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    throw new Error(
      "Go is not installed (no `go` on PATH): Kubernetes and Istio are built from source. Install Go 1.26 or newer and open a new shell.",
    );
  }
  const [, major, minor] = (/go(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  if (major! > GO_VERSION[0] || (major === GO_VERSION[0] && minor! >= GO_VERSION[1])) return;
  throw new Error(
    `Go ${GO_VERSION.join(".")} or newer is needed to build Kubernetes and Istio; \`go\` here is ${version}. Install a newer one, put it first on PATH, and open a new shell.`,
  );
}

/** Checks only until everything is built. A seat's own disk space is checked when the seat is made. */
function requireRoom(): void {
  if (fs.existsSync(cacheRoot())) return;
  const { there, bytes } = roomFor(cacheRoot());
  if (bytes >= ROOM_TO_BUILD) return;
  throw new Error(
    `The disk of ${there} has ${gibibytes(bytes)} left; building the seat's programs takes ${ROOM_TO_BUILD / 2 ** 30} GiB. ` +
      "Make room, or set ISTIO_LAB_CACHE, GOMODCACHE and GOCACHE to folders on another disk.",
  );
}
