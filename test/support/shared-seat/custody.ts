import { differences, kindsIn, onlyKinds } from "./differences";
import type { Look } from "./look";
import type { Snapshot } from "./snapshot";

/** How the seat is observed. */
export type Looking = Pick<Look, "quick" | "whole" | "allReady">;

/** Checks that a test file leaves the seat unchanged. */
export class Custody {
  /** The seat before the current test, limited to the kinds that are checked after each test. */
  private before?: Snapshot;
  private spoiled = false;

  constructor(
    private readonly asMade: Snapshot,
    private readonly look: Looking,
  ) {}

  /** @throws where the seat has changed since its creation, although no test is known to have changed it */
  async begin(): Promise<void> {
    this.before = await this.look.quick();
    this.refuse(
      "The shared seat is not as it was made, and no test is known that changed it.",
      differences(onlyKinds(this.asMade, kindsIn(this.before)), this.before),
    );
  }

  /** @throws where the test changed the seat; the message lists the changes */
  async afterTest(name: string): Promise<void> {
    const now = await this.look.quick();
    const left = differences(this.before!, now);
    // Otherwise the next test would be blamed again.
    this.before = now;
    this.refuse(`"${name}" left the shared seat other than it was. The next file gets a new one.`, left);
  }

  /** Returns whether the seat stayed unchanged. @throws where only the full check finds a change */
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
