import { afterAll, afterEach, beforeAll, inject } from "vitest";
import { addonNames } from "../../../components/addons/catalog";
import { Checkout } from "../checkout";
import { waitingForSeat } from "../seat-waits";
import { Custody } from "./custody";
import { lease, type Lease } from "./lease";
import { Look } from "./look";

/** Every addon that can run beside the others. Zipkin would replace Jaeger. */
export const INSTALLED = addonNames.filter((name) => name !== "zipkin");

/**
 * How many milliseconds a file waits until another file hands the seat back and, where it was spoiled, a new one is
 * ready.
 */
const MAKING = 1_200_000;
const CHECKING = 120_000;

/** The shared seat, for the test file that is running. */
export interface SharedSeat {
  readonly lab: Checkout;
  /** The output of the `npm run up` that created the seat. */
  readonly up: string;
  readonly gateway: string;
  /** Applies this config by `up`, runs the work, and restores the config, even when the work fails. */
  changed<T>(keys: Record<string, unknown>, work: () => Promise<T>): Promise<T>;
}

/**
 * Shares one seat among test files that only read it or undo their changes. It has all lessons, and all addons that
 * can run side by side. A file that destroys something creates its own seat.
 *
 * After each test the seat must be as before; otherwise that test fails and lists what it left. The seat is checked
 * in full when the file hands it back. A spoiled seat is removed, and the next file gets a new one.
 */
export function sharedSeat(): SharedSeat {
  let lent: Lease | undefined;
  let lab: Checkout;
  let gateway: string;
  let look: Look;
  let custody: Custody | undefined;

  beforeAll(async () => {
    lent = await lease(inject("sharedSeats"), (checkout) => checkout.configure({ addons: INSTALLED }));
    lab = Checkout.at(lent.made.root);
    look = await Look.at(lab);
    custody = new Custody(lent.made.asMade, look);
    await custody.begin();
    gateway = await lab.output("GATEWAY_URL");
  }, MAKING);

  afterEach(({ task }) => custody?.afterTest(task.name), CHECKING);

  afterAll(async () => {
    if (lent === undefined) return;
    let good = false;
    try {
      good = (await waitingForSeat(async () => custody?.end())) ?? false;
    } finally {
      look?.close();
      await lent.handBack(good);
    }
  }, MAKING);

  return {
    get lab() {
      return lab;
    },
    get up() {
      return lent!.made.up;
    },
    get gateway() {
      return gateway;
    },
    async changed(keys, work) {
      const text = lab.stackFile();
      try {
        lab.configure(keys);
        await lab.ok("up");
        return await work();
      } finally {
        lab.stackFile(text);
        await lab.ok("up");
      }
    },
  };
}
