import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { readIfThere } from "../../base/files";
import { PROJECT } from "../../base/names";
import { projectRoot } from "../../base/paths";
import { backendAddress, chosenBackend } from "./backend";

/** The stack that Pulumi takes where none is named, by what it keeps of that: whether there is such a stack, only the backend knows. */
export interface Selection {
  readonly name: string;
  readonly by: "PULUMI_STACK" | "selection";
}

/** As Pulumi reads it (backend/state/stacks.go, workspace/workspace.go): the variable counts first, then the stack of the chosen backend, then the one of older files. */
export function notedSelection(home: string): Selection | undefined {
  const { PULUMI_STACK: named } = process.env;
  if (named !== undefined) return named === "" ? undefined : { name: named, by: "PULUMI_STACK" };
  const { stack, stacks = {} } = settingsIn(path.join(home, "workspaces"));
  const { url } = chosenBackend();
  const [, ofBackend] = Object.entries(stacks).find(([key]) => backendAddress(key) === url) ?? [];
  const name = ofBackend ?? stack;
  return name ? { name, by: "selection" } : undefined;
}

/** Pulumi's file of this project. It is named after the project's path, as the shell has it: a link may be in it. */
function settingsIn(folder: string): { stack?: string; stacks?: Record<string, string> } {
  const places = [process.env.PWD, projectRoot].filter((place) => place !== undefined && isProject(place));
  for (const place of places) {
    const hash = createHash("sha1").update(path.join(place!, "Pulumi.yaml")).digest("hex");
    const text = readIfThere(path.join(folder, `${PROJECT}-${hash}-workspace.json`));
    try {
      if (text !== undefined) return JSON.parse(text) as { stack?: string; stacks?: Record<string, string> };
    } catch {
      return {}; // Pulumi refuses it by its own message
    }
  }
  return {};
}

function isProject(place: string): boolean {
  return fs.existsSync(place) && fs.realpathSync(place) === fs.realpathSync(projectRoot);
}
