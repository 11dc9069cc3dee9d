import { UserError } from "../../../base/errors";

/** Collects a roster's problems, so that reading goes on and the user sees all of them at once. */
export class Problems {
  private readonly told: { readonly at: string; readonly text: string }[] = [];

  /** @param at the line, the seat, or "" for the whole file */
  tell(at: string, text: string): void {
    this.told.push({ at, text });
  }

  get none(): boolean {
    return this.told.length === 0;
  }

  /** @throws UserError with every problem */
  throwIfAny(file: string): void {
    if (this.none) return;
    const inOrder = [...this.told].sort((one, other) => lineOf(one.at) - lineOf(other.at));
    const lines = inOrder.map(({ at, text }) => (at === "" ? text : `${at}: ${text}`));
    throw new UserError(
      lines.length === 1
        ? `${file}: ${lines[0]}`
        : [`${file}: ${lines.length} problems:`, ...lines.map((line) => `- ${line}`)].join("\n"),
    );
  }
}

/** A problem without a line counts as line 0, so it comes first. */
function lineOf(at: string): number {
  return Number(/line (\d+)/.exec(at)?.[1] ?? 0);
}
