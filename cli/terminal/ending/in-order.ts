import type { Ending } from "./signals";

/** How long a program may take to end in order after the first interrupt, and after the second, in milliseconds. */
export interface Bounds {
  readonly inOrder: number;
  readonly atOnce: number;
}

/** One object of a cloud takes its minutes, and an engine that is stopped in the middle of it leaves it half-made. */
export const BOUNDS: Bounds = { inOrder: 120_000, atOnce: 10_000 };

/** Something that runs and can be ended. */
export interface Running {
  /** For a message: `pulumi`, or the seats. */
  readonly name: () => string;
  readonly interrupt: () => void;
  readonly kill: () => void;
}

/**
 * Ends a program step by step: it is interrupted, then interrupted again, which makes Pulumi stop in the middle of what it makes, then killed. A step is taken when
 * the one before has had its time, or when it is asked for again. Each is said, with what is waited for and how long.
 */
export class InOrder {
  private step = 0;
  private timer?: NodeJS.Timeout;
  private isOver = false;
  /** The first that was heard. */
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

  /** It has ended: nothing further is done. */
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
        `Heard: ${why}. ${name} is interrupted: what it is making is finished, and nothing else is begun. It gets ${seconds(bounds.inOrder)} for that.`,
      );
      running.interrupt();
      this.after(bounds.inOrder);
    } else if (this.step === 2) {
      say(
        `${capital(why)}: ${name} is told to stop at once, in the middle of what it makes. It gets ${seconds(bounds.atOnce)} for that, and is killed then.`,
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
