import { afterAll, afterEach, beforeAll, inject } from "vitest";
import { addonNames } from "../../../components/addons/catalog";
import { Checkout } from "../checkout";
import { waitingForSeat } from "../seat-waits";
import { Custody } from "./custody";
import { lease, type Lease } from "./lease";
import { Look } from "./look";

/** Every addon that can stand beside the others: zipkin would take jaeger's place. */
export const INSTALLED = addonNames.filter((name) => name !== "zipkin");

/** How long a file waits for another one to hand the seat back and, where it was spoiled, for a new one, in milliseconds. */
const MAKING = 1_200_000;
const CHECKING = 120_000;

/** The seat that test files share, for the file that is running. */
export interface SharedSeat {
  readonly lab: Checkout;
  /** What `npm run up` printed when the seat was made. */
  readonly up: string;
  readonly gateway: string;
  /** Brings the seat to this config by `up`, does the work, and brings it back, also when the work fails. */
  changed<T>(keys: Record<string, unknown>, work: () => Promise<T>): Promise<T>;
}

/**
 * One seat with all lessons, and all addons that can stand side by side, for every file that only looks at it or puts back what it changed. Whoever destroys
 * makes a seat of its own.
 *
 * After each test the seat has to be as it was: the test that left it otherwise fails, with what it left. It is looked at in full when the file hands it back.
 * A spoiled seat is removed, and the next file gets a new one.
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
