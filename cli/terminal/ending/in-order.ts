import type { Ending } from "./signals";

/** How long a program may take to end after the first and after the second interrupt, in milliseconds. */
export interface Bounds {
  readonly inOrder: number;
  readonly atOnce: number;
}

/** One cloud resource may take minutes. An engine that is stopped in the middle leaves it half-made. */
export const BOUNDS: Bounds = { inOrder: 120_000, atOnce: 10_000 };

/** A running program that can be ended. */
export interface Running {
  /** Name for a message: `pulumi`, or the seats. */
  readonly name: () => string;
  readonly interrupt: () => void;
  readonly kill: () => void;
}

/**
 * Ends a program step by step: interrupt, second interrupt, kill. The second interrupt makes Pulumi stop in the middle
 * of what it makes.
 * The next step follows when the time of the previous one is over, or when the user asks again. Each step prints what
 * is awaited and for how long.
 */
export class InOrder {
  private step = 0;
  private timer?: NodeJS.Timeout;
  private isOver = false;
  /** The first request to end. */
  first?: Ending;

  constructor(
    private readonly running: Running,
    private readonly say: (text: string) => void,
    private readonly bounds: Bounds = BOUNDS,
  ) {}

  readonly heed = (ending: Ending): void => {
    this.first ??= ending;
    this.next(ending.times === 1 ? ending.heard : `${ending.heard} again`);
  };

  /** The program has ended: take no further step. */
  end(): void {
    clearTimeout(this.timer);
    this.isOver = true;
  }

  private next(why: string): void {
    if (this.isOver) return;
    clearTimeout(this.timer);
    this.step += 1;
    const { running, say, bounds } = this;
    const name = running.name();
    if (this.step === 1) {
      say(
        `Heard: ${why}. ${name} is interrupted. It finishes its present step within ${seconds(bounds.inOrder)} and starts nothing else.`,
      );
      running.interrupt();
      this.after(bounds.inOrder);
    } else if (this.step === 2) {
      say(
        `${capital(why)}: ${name} must stop at once, in the middle of its step. It is killed after ${seconds(bounds.atOnce)}.`,
      );
      running.interrupt();
      this.after(bounds.atOnce);
    } else {
      say(`${capital(why)}: ${name} is killed.`);
      running.kill();
    }
  }

  private after(time: number): void {
    this.timer = setTimeout(() => this.next(`not ended after ${seconds(time)}`), time);
  }
}

function seconds(time: number): string {
  return `${time / 1000} s`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
