import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { seatStatus } from "../../embedded";
import { Checkout } from "../support/checkout";
import { get } from "../support/http";
import { Classroom } from "../support/roster";

/** A class of three over a night: stopped, started in the morning, as the trainees left it. */
const seats = ["anna", "bela", "chen"];
let lab: Checkout;
let room: Classroom;
let urls: Record<string, string>;

const status = async () => {
  const { stdout } = await room.run("status", "--json");
  return (JSON.parse(stdout) as { seats: { seat: string; phase: string; doing: string; gatewayUrl?: string }[] }).seats;
};
const urlsOf = async () => Object.fromEntries((await status()).map(({ seat, gatewayUrl }) => [seat, gatewayUrl]));
beforeAll(async () => {
  lab = await Checkout.create();
  room = new Classroom(lab, {
    expires: "2099-01-01",
    config: { lessons: ["blog"], addons: [], canary: { "my-blog": { v1: 50, v2: 50 } } },
    seats: seats.map((seat) => ({ seat, trainee: `Trainee ${seat}` })),
  });
  await room.ok("up");
  urls = (await urlsOf()) as Record<string, string>;
});
afterAll(async () => {
  if (fs.existsSync(path.join(lab.root, ".lab"))) await lab.remove();
});

it("stops in the evening: no process is left, and the expiry goes on", { timeout: 600_000 }, async () => {
  // A trainee's weights, by hand.
  const patch = JSON.stringify([
    { op: "replace", path: "/spec/http/0/route/0/weight", value: 48 },
    { op: "replace", path: "/spec/http/0/route/1/weight", value: 52 },
  ]);
  await lab.ok(
    "kubectl",
    "--stack",
    "bela",
    "patch",
    "virtualservice",
    "my-blog",
    "-n",
    "blog",
    "--type=json",
    "-p",
    patch,
  );
  const { stdout } = await room.ok("stop");
  expect(stdout).toContain("The expiry goes on while they are off: the first of them expires at 2099-01-01");
  expect(stdout).toContain("3 of 3 seats stopped.");
  for (const seat of seats) expect((await seatStatus(lab.seatFolder(seat))).state).toBe("stopped");
  expect((await status()).map(({ phase, doing }) => [phase, doing])).toEqual(
    seats.map(() => ["waiting", "stopped; `class start` turns it on"]),
  );
  expect((await room.ok("stop")).stdout).toContain("3 of 3 seats stopped.");
});

it(
  "starts in the morning: checks are green, URLs the same, and weights as they were left",
  { timeout: 900_000 },
  async () => {
    const { stdout } = await room.ok("start");
    expect(stdout).toContain("3 of 3 seats green.");
    expect(await urlsOf()).toEqual(urls);
    const weights = await Promise.all(seats.map((seat) => room.weights(seat)));
    expect(weights).toEqual([
      [50, 50],
      [48, 52],
      [50, 50],
    ]);
    for (const seat of seats)
      expect((await get(urls[seat]!, { host: "codewithmsmaxpro.me" })).body).toMatch(/^my-blog v[12]/);
  },
);

it("goes while it is off, without a trace", { timeout: 900_000 }, async () => {
  await room.ok("stop");
  expect((await room.ok("destroy", "--yes")).stdout).toContain("3 of 3 seats gone.");
});
