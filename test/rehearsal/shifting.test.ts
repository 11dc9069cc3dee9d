import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ShiftedSeat } from "../support/shifted-seat";

/** With pods that follow the weights; the shift with one pod each is in test/mesh. */
describe("shifting 90:10 → 50:50 → 0:100 under traffic, with ten pods", () => {
  let seat: ShiftedSeat;
  beforeAll(async () => void (seat = await ShiftedSeat.create()));
  afterAll(async () => seat?.lab.remove());

  it("loses no request when the pods follow the weights", { timeout: 900_000 }, async () => {
    seat.lab.configure({ blog: { replicasFollowWeights: true } });
    await seat.underTraffic(
      "ten pods",
      [
        [90, 10],
        [50, 50],
        [0, 100],
      ],
      async (first, second) =>
        expect(await seat.pods()).toEqual({
          "my-blog-v1": Math.max(1, first / 10),
          "my-blog-v2": Math.min(9, Math.max(1, second / 10)),
        }),
    );
  });
});
