import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll } from "vitest";
import { shippedStacks, stackFile } from "../../config/stack-files";

const projectRoot = mkdtempSync(path.join(os.tmpdir(), "class-"));
const labRoot = () => path.join(projectRoot, ".lab");
for (const stack of shippedStacks) copyFileSync(stackFile(stack), path.join(projectRoot, `Pulumi.${stack}.yaml`));
afterAll(() => rmSync(projectRoot, { recursive: true, force: true }));

/**
 * A folder in the place of the checkout's root, with the stack files new seats begin with: what `vi.mock("…/base/paths", …)` puts there. Nothing of the
 * lab is imported here, because that would know the real one.
 */
export const project = {
  projectRoot,
  labRoot,
  seatsFolder: () => path.join(labRoot(), "seats"),
  seatFolder: (seat: string) => path.join(labRoot(), "seats", seat),
  cacheRoot: () => path.join(projectRoot, "cache"),
};

/** Puts a file into a folder and returns its path. */
export function put(folder: string, name: string, text: string | Buffer): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

export function textOf(folder: string, stack: string): string | undefined {
  const file = path.join(folder, `Pulumi.${stack}.yaml`);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
