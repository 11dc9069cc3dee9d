import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { readIfThere } from "../../base/files";
import { PROJECT } from "../../base/names";
import { projectRoot } from "../../base/paths";
import { backendAddress, chosenBackend } from "./backend";

/**
 * The stack that Pulumi would use if none is named, according to its local files. Only the backend knows whether that
 * stack exists.
 */
export interface Selection {
  readonly name: string;
  readonly by: "PULUMI_STACK" | "selection";
}

/**
 * Reads the selection like Pulumi (backend/state/stacks.go, workspace/workspace.go): first the variable, then the
 * stack of the chosen backend, then the stack in the older format.
 */
export function notedSelection(home: string): Selection | undefined {
  const { PULUMI_STACK: named } = process.env;
  if (named !== undefined) return named === "" ? undefined : { name: named, by: "PULUMI_STACK" };
  const { stack, stacks = {} } = settingsIn(path.join(home, "workspaces"));
  const { url } = chosenBackend();
  const [, ofBackend] = Object.entries(stacks).find(([key]) => backendAddress(key) === url) ?? [];
  const name = ofBackend ?? stack;
  return name ? { name, by: "selection" } : undefined;
}

/**
 * Pulumi's workspace file of this project. Its name contains a hash of the project's path as the shell has it, which
 * may contain a symbolic link.
 */
function settingsIn(folder: string): { stack?: string; stacks?: Record<string, string> } {
  const places = [process.env.PWD, projectRoot].filter((place) => place !== undefined && isProject(place));
  for (const place of places) {
    const hash = createHash("sha1").update(path.join(place!, "Pulumi.yaml")).digest("hex");
    const text = readIfThere(path.join(folder, `${PROJECT}-${hash}-workspace.json`));
    try {
      if (text !== undefined) return JSON.parse(text) as { stack?: string; stacks?: Record<string, string> };
    } catch {
      return {}; // Pulumi itself reports a broken file
    }
  }
  return {};
}

function isProject(place: string): boolean {
  return fs.existsSync(place) && fs.realpathSync(place) === fs.realpathSync(projectRoot);
}
