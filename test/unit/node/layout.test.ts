import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { cgroupName, layout, linkName, seatId } from "../../../embedded/node/layout";

let folder: string;
beforeEach(() => void (folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-layout-")))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

it("two clones with a seat of one name have different ids", () => {
  expect(seatId("/one/.lab/seats/a")).not.toBe(seatId("/two/.lab/seats/a"));
});

it("a seat has one id by whichever path it is named, and keeps it when it is removed", () => {
  const seat = path.join(folder, "seats", "a");
  fs.mkdirSync(seat, { recursive: true });
  fs.symlinkSync(path.join(folder, "seats"), path.join(folder, "link"));
  const id = seatId(seat);
  expect(seatId(path.join(folder, "link", "a"))).toBe(id);
  fs.rmSync(path.join(folder, "seats"), { recursive: true });
  expect(seatId(seat)).toBe(id);
});

it("names fit where they are used", () => {
  expect(linkName(folder)).toMatch(/^il[0-9a-f]{10}$/); // the kernel's limit is 15
  expect(cgroupName(folder)).toBe(`istio-lab-${seatId(folder)}`);
  expect(layout(folder).record).toBe(path.join(folder, "seat.json"));
});
