import { expect, it } from "vitest";
import { ask } from "../../../cli/terminal/ask";

it("a question that nobody can answer is refused, and not taken for a yes", async () => {
  // The tests' standard input is no terminal.
  expect(process.stdin.isTTY).toBeFalsy();
  await expect(ask("Restore it?")).rejects.toThrow(/^Restore it\? Nobody can be asked here: .*--yes/);
});
