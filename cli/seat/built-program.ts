import { binary } from "../../embedded";

/** The path of a program that was built here. Undefined where it was not built. */
export function builtProgram(name: string): string | undefined {
  try {
    return binary(name);
  } catch {
    return undefined;
  }
}
