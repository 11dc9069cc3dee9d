import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ShiftedSeat } from "../support/shifted-seat";

describe("shifting 90:10 → 50:50 → 0:100 under traffic", () => {
  let seat: ShiftedSeat;
  beforeAll(async () => void (seat = await ShiftedSeat.create()));
  afterAll(async () => seat?.lab.remove());

  it("loses no request, and the split is there when up returns", { timeout: 600_000 }, async () => {
    await seat.underTraffic("one pod each", [
      [50, 50],
      [0, 100],
    ]);
    expect(await seat.pods()).toEqual({ "my-blog-v1": 1, "my-blog-v2": 1 });
  });
});
