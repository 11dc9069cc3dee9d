/** The engine's arguments for a run in the terminal, on some resources of the stack alone. */
export function targetedArgs(verb: "refresh" | "up", stack: string, urns: readonly string[]): string[] {
  return [
    verb,
    "--yes",
    "--skip-preview",
    // A refresh would ask about what a killed run left. `readyForUp` settles that.
    ...(verb === "refresh" ? ["--skip-pending-creates"] : []),
    "--suppress-outputs",
    "--stack",
    stack,
    ...urns.flatMap((urn) => ["--target", urn]),
  ];
}
