import * as fs from "node:fs";
import * as path from "node:path";
import { withLock } from "../../../base/lock";
import { Checkout } from "../checkout";
import { waitingForSeat } from "../seat-waits";
import { Look } from "./look";
import { removeCheckout } from "./remove";
import type { Snapshot } from "./snapshot";
import { endTurn } from "./turns";

/** A seat that outlives one test file. */
export interface Made {
  readonly root: string;
  /** The output of `npm run up`. */
  readonly up: string;
  /** The seat right after its creation. */
  readonly asMade: Snapshot;
}

/** How many milliseconds a file waits for another one to hand the seat back. */
const PATIENCE = 1_200_000;

/** A seat that belongs to one file until the file hands it back. */
export interface Lease {
  readonly made: Made;
  /**
   * `good`: the next file gets the same seat, if there is a next file. Otherwise the seat is removed, because an idle
   * seat takes a third of a core.
   */
  handBack(good: boolean): Promise<void>;
}

/**
 * Lends the seat in `folder` to one file at a time; the first file creates it. The lock is the kernel's and ends with
 * its process. A worker that ended may not have handed its seat back. Such a seat is removed and created again. The
 * seat is also removed after the run's last file that asks for it.
 */
export async function lease(
  folder: string,
  configure: (lab: Checkout) => Checkout,
  make: typeof makeSeat = makeSeat,
  remove: (root: string) => Promise<void> = removeCheckout,
): Promise<Lease> {
  const record = path.join(folder, "seat.json");
  const lent = path.join(folder, "lent");
  return waitingForSeat(
    () =>
      new Promise<Lease>((resolve, reject) => {
        const hold = async () => {
          if (fs.existsSync(lent)) {
            endTurn(folder);
            await discard(folder, remove);
          }
          fs.writeFileSync(lent, String(process.pid));
          if (!fs.existsSync(record)) fs.writeFileSync(record, JSON.stringify(await make(folder, configure)));
          const made = JSON.parse(fs.readFileSync(record, "utf8")) as Made;
          await new Promise<void>((ended) => {
            const handBack = async (good: boolean) => {
              const isLast = endTurn(folder);
              if (good && !isLast) fs.rmSync(lent);
              else await waitingForSeat(() => discard(folder, remove));
              ended();
            };
            resolve({ made, handBack });
          });
        };
        withLock("lease", () => {}, hold, { folders: [folder], timeout: PATIENCE }).catch(reject);
      }),
  );
}

/** Removes the folder's seat, in whatever state it is. */
async function discard(folder: string, remove: (root: string) => Promise<void>): Promise<void> {
  for (const name of fs.readdirSync(folder).filter((name) => name.startsWith("checkout-")))
    await remove(path.join(folder, name));
  for (const name of ["seat.json", "lent"]) fs.rmSync(path.join(folder, name), { force: true });
}

async function makeSeat(folder: string, configure: (lab: Checkout) => Checkout): Promise<Made> {
  const lab = configure(await Checkout.create("installed", path.join(folder, "checkout-")));
  const up = (await lab.ok("up")).all;
  const look = await Look.at(lab);
  await look.allReady();
  const asMade = await look.whole();
  look.close();
  return { root: lab.root, up, asMade };
}
