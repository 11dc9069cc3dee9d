import type { CheckSpec } from "../../components/lessons/checks/check";
import type { CheckResult } from "./result";
import type { Progress } from "./run";

/** Shows progress on standard error: one redrawn line on a terminal, otherwise a line per started check. */
export class ProgressLine implements Progress {
  private readonly open = new Set<string>();
  private readonly redraws: boolean;
  private total = 0;
  private done = 0;
  private failed = 0;

  constructor(private readonly out: NodeJS.WriteStream) {
    this.redraws = Boolean(out.isTTY);
  }

  say(line: string): void {
    this.clear();
    this.out.write(`${line}\n`);
    this.draw();
  }

  begin(total: number): void {
    this.total = total;
    if (!this.redraws) this.say(`${total} ${this.noun} …`);
    this.draw();
  }

  seen({ name }: CheckSpec, result?: CheckResult): void {
    if (result === undefined) this.open.add(name);
    else {
      this.open.delete(name);
      this.done += 1;
      if (result.status === "failed") this.failed += 1;
    }
    this.draw();
  }

  end(): void {
    this.clear();
    this.total = 0;
  }

  private get noun(): string {
    return this.total === 1 ? "check" : "checks";
  }

  private draw(): void {
    if (!this.redraws || this.total === 0) return;
    const line = `${this.done} of ${this.total} ${this.noun}${this.failed > 0 ? `, ${this.failed} failed` : ""} · ${[...this.open].join(", ")}`;
    this.clear();
    this.out.write(line.slice(0, (this.out.columns ?? 80) - 1));
  }

  private clear(): void {
    if (this.redraws) this.out.write("\r\u001b[K");
  }
}
