import { differences, kindsIn, onlyKinds } from "./differences";
import type { Look } from "./look";
import type { Snapshot } from "./snapshot";

/** How a seat is looked at. */
export type Looking = Pick<Look, "quick" | "whole" | "allReady">;

/** Watches over a seat while a file has it. */
export class Custody {
  /** What the seat was before the test that runs: of the kinds that are looked at each time. */
  private before?: Snapshot;
  private spoiled = false;

  constructor(
    private readonly asMade: Snapshot,
    private readonly look: Looking,
  ) {}

  /** @throws where the seat is not as it was made: nobody is known who changed it */
  async begin(): Promise<void> {
    this.before = await this.look.quick();
    this.refuse(
      "The shared seat is not as it was made, and no test is known that changed it.",
      differences(onlyKinds(this.asMade, kindsIn(this.before)), this.before),
    );
  }

  /** @throws where the test left the seat other than it was before it, with what it left */
  async afterTest(name: string): Promise<void> {
    const now = await this.look.quick();
    const left = differences(this.before!, now);
    // The next test is not blamed for it again.
    this.before = now;
    this.refuse(`"${name}" left the shared seat other than it was. The next file gets a new one.`, left);
  }

  /** Whether the seat was never found changed. @throws where only the whole look finds that it is */
  async end(): Promise<boolean> {
    if (this.before === undefined || this.spoiled) return false;
    await this.look.allReady();
    this.refuse(
      "The tests of this file left the shared seat other than it was. The next file gets a new one.",
      differences(this.asMade, await this.look.whole()),
    );
    return true;
  }

  private refuse(why: string, left: readonly string[]): void {
    if (left.length === 0) return;
    this.spoiled = true;
    throw new Error([why, ...left].join("\n"));
  }
}
