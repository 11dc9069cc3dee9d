import { expect, test } from "vitest";
import { clock, nextTime } from "../../../base/zoned-time";

const next = (time: string, zone: string, now: string) => nextTime(time, zone, new Date(now)).toISOString();

test.each([
  ["19:00", "UTC", "2026-12-01T12:00:00Z", "2026-12-01T19:00:00.000Z"],
  ["19:00", "UTC", "2026-12-01T19:00:00Z", "2026-12-02T19:00:00.000Z"],
  ["19:00", "America/New_York", "2026-12-01T12:00:00Z", "2026-12-02T00:00:00.000Z"],
  // It is the day before there.
  ["23:30", "America/Los_Angeles", "2026-12-02T03:00:00Z", "2026-12-02T07:30:00.000Z"],
  ["09:15", "Asia/Kolkata", "2026-12-01T12:00:00Z", "2026-12-02T03:45:00.000Z"],
  // The clocks change between now and then, and at that very hour.
  ["19:00", "Europe/Zagreb", "2026-10-24T20:00:00Z", "2026-10-25T18:00:00.000Z"],
  ["02:30", "Europe/Zagreb", "2026-03-28T20:00:00Z", "2026-03-29T01:30:00.000Z"],
])("%s in %s, after %s", (time, zone, now, instant) => expect(next(time, zone, now)).toBe(instant));

test("a clock shows midnight as 00:00", () => {
  expect(clock(new Date("2026-12-01T23:00:00Z"), "Europe/Zagreb")).toBe("00:00");
  expect(clock(new Date("2026-12-01T12:05:00Z"), "Asia/Kathmandu")).toBe("17:50");
});
