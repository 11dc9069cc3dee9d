import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../../../../base/errors";
import { overSeats, type OverSeatsOptions, type Work } from "../../../../cli/class/run/over-seats";
import { aClass, paper } from "./a-class";
import { needs, withoutRoot } from "../../../support/needs";

const classes: string[] = [];
afterEach(() => classes.splice(0).forEach((folder) => fs.rmSync(folder, { recursive: true, force: true })));

/** Requests to end that come within half a second of each other are one. */
let later = 0;
const { now } = performance;
beforeEach(() => void (later += 1000));
vi.spyOn(performance, "now").mockImplementation(() => now.call(performance) + later);

function made(seats: number) {
  const of = aClass(seats);
  classes.push(of.folder);
  fs.mkdirSync(path.join(of.folder, "logs"), { recursive: true });
  return of;
}

function run<R>(seats: number, options: Partial<OverSeatsOptions>, work: Work<R>) {
  const of = made(seats);
  const out = paper();
  return { of, out, outcomes: overSeats(of, { verb: "up", concurrency: 2, out, ...options }, work) };
}

describe("overSeats", () => {
  it("works on as many seats as it may at a time, and not on one more, in the roster's order", async () => {
    let now = 0;
    let most = 0;
    const begun: string[] = [];
    const { outcomes } = run(7, { concurrency: 3 }, async ({ seat }) => {
      begun.push(seat);
      most = Math.max(most, (now += 1));
      await sleep(10);
      now -= 1;
    });
    expect((await outcomes).map(({ status }) => status)).toEqual(Array(7).fill("done"));
    expect(most).toBe(3);
    expect(begun).toEqual(["seat-01", "seat-02", "seat-03", "seat-04", "seat-05", "seat-06", "seat-07"]);
  });

  it("goes on after a failure, and has its first line on the board and all of it in the seat's log alone", async () => {
    const { of, out, outcomes } = run(3, {}, async ({ seat }, line) => {
      line.log(`what the engine said of ${seat}\n`);
      if (seat === "seat-02") throw new UserError("no room:\n- no memory\n- no disk");
      return seat;
    });
    const [first, second, third] = await outcomes;
    expect([first, third]).toMatchObject([
      { status: "done", result: "seat-01" },
      { status: "done", result: "seat-03" },
    ]);
    expect(second).toMatchObject({
      status: "failed",
      trouble: "no room: - no memory - no disk",
      log: path.join(of.folder, "logs", "seat-02.up.log"),
    });
    expect(fs.readFileSync(path.join(of.folder, "logs", "seat-02.up.log"), "utf8")).toBe(
      "what the engine said of seat-02\nno room:\n- no memory\n- no disk\n",
    );
    expect(fs.statSync(path.join(of.folder, "logs", "seat-02.up.log")).mode & 0o777).toBe(0o600);
    expect(out.written).toMatch(/seat-02: failed after [\d.]+ s: no room/);
    expect(out.written).toMatch(/class istio-101: up · 2 of 3 done, 1 failed · /);
  });

  it("keeps a defect's stack for the log", async () => {
    const { of, outcomes } = run(1, {}, async () => {
      throw new TypeError("nothing is undefined");
    });
    expect(await outcomes).toMatchObject([{ status: "failed", trouble: "TypeError: nothing is undefined" }]);
    expect(fs.readFileSync(path.join(of.folder, "logs", "seat-01.up.log"), "utf8")).toMatch(
      /nothing is undefined\n\s+at /,
    );
  });

  it("begins no other after a failure when it is to fail fast", async () => {
    const { outcomes } = run(4, { concurrency: 1, failFast: true }, async ({ seat }) => {
      if (seat === "seat-02") throw new Error("no");
    });
    expect((await outcomes).map(({ status }) => status)).toEqual(["done", "failed", "skipped", "skipped"]);
  });

  it("on Ctrl-C aborts what runs, waits for it, begins no other, and leaves no listener behind", async () => {
    const before = process.listenerCount("SIGINT");
    const ended: string[] = [];
    const { out, outcomes } = run(4, {}, async ({ seat }, _, signal) => {
      if (seat === "seat-02") queueMicrotask(() => process.emit("SIGINT"));
      await sleep(5_000, undefined, { signal }).catch(() => sleep(20));
      ended.push(seat);
      signal.throwIfAborted();
    });
    expect((await outcomes).map(({ status }) => status)).toEqual(["interrupted", "interrupted", "skipped", "skipped"]);
    expect(ended.sort()).toEqual(["seat-01", "seat-02"]);
    expect(out.written).toContain(
      "Interrupted. These end in order after their present step: seat-01, seat-02. No other seat is started.",
    );
    await vi.waitFor(() => expect(process.listenerCount("SIGINT")).toBe(before), { timeout: 3000 });
  });

  it("lets any number of seats listen for Ctrl-C, without a warning of Node's", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on("warning", note);
    const { outcomes } = run(16, { concurrency: 16 }, async (_, __, signal) => {
      signal.addEventListener("abort", () => undefined);
      await sleep(10);
    });
    await outcomes;
    process.off("warning", note);
    expect(warnings).toEqual([]);
  });

  it("tells on a second Ctrl-C what a third costs", async () => {
    const { out, outcomes } = run(1, {}, async () => {
      process.emit("SIGINT");
      process.emit("SIGINT");
      expect(out.written).not.toContain("Still ending");
      later += 1000;
      process.emit("SIGINT");
    });
    await outcomes;
    expect(out.written).toContain(
      "Press Ctrl-C once more to end them at once. What they are making then stays half-made until the next `up` or `destroy`.",
    );
  });

  it("counts what was finished in spite of Ctrl-C as done", async () => {
    const { outcomes } = run(1, {}, async () => void process.emit("SIGTERM"));
    expect(await outcomes).toMatchObject([{ status: "done" }]);
  });

  it("has on the board what a seat tries again, what it goes on with, and its address", async () => {
    const { of, out, outcomes } = run(1, {}, async (_, line) => {
      line.retrying("tries again: 429 TooManyRequests");
      line.doing("making Release istiod");
      line.gatewayUrl("http://192.0.2.1:80");
      line.trouble("its log cannot be read");
    });
    const [outcome] = await outcomes;
    expect(out.written.split("\n").slice(0, 4)).toEqual([
      "seat-01: running",
      "seat-01: retrying: tries again: 429 TooManyRequests",
      "seat-01: running",
      "seat-01: running",
    ]);
    const page = fs.readFileSync(path.join(of.folder, "board.html"), "utf8");
    expect(page).toContain('<span class="url">http://192.0.2.1:80</span>');
    expect(outcome!.seconds).toBeLessThan(600);
  });

  it("keeps the page, with the last state of all when it ends", async () => {
    const { of, outcomes } = run(2, {}, async ({ seat }, line) => {
      line.doing("making Release istiod");
      line.gatewayUrl("http://192.0.2.1:80");
      if (seat === "seat-02") throw new Error("no such image");
    });
    const early = fs.readFileSync(path.join(of.folder, "board.html"), "utf8");
    await outcomes;
    const page = fs.readFileSync(path.join(of.folder, "board.html"), "utf8");
    expect(early).toContain("seat-01");
    expect(page).toContain("no such image");
    expect(fs.readdirSync(of.folder).sort()).toEqual(["board.html", "logs"]);
  });

  it("goes on where the board's folder is taken away meanwhile, and says so once", async () => {
    const [of, out] = [made(3), paper()];
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-board-"));
    const outcomes = await overSeats(
      of,
      { verb: "up", concurrency: 3, out, html: path.join(folder, "board.html") },
      async ({ seat }, line) => {
        fs.rmSync(folder, { recursive: true, force: true });
        fs.rmSync(path.join(of.folder, "logs"), { recursive: true, force: true });
        line.log("what the engine said\n");
        line.log("and more\n");
        await sleep(600);
        return seat;
      },
    );
    expect(outcomes.map(({ status }) => status)).toEqual(["done", "done", "done"]);
    expect(out.written.match(/cannot be written/g)).toHaveLength(2);
    expect(out.written).toMatch(
      /The board \S+board\.html cannot be written: ENOENT: .*\. The run continues without it\.\n/,
    );
    expect(out.written).toMatch(/The seats' logs cannot be written: ENOENT: .*\. The run continues without it\.\n/);
  });

  it("goes on where the disk is full", needs(withoutRoot), async () => {
    const [of, out] = [made(1), paper()];
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", of.folder]);
    try {
      fs.mkdirSync(path.join(of.folder, "logs"));
      const outcomes = overSeats(of, { verb: "up", concurrency: 1, out }, async (_, line) => {
        for (let times = 0; times < 20; times += 1) line.log("x".repeat(8192));
        line.doing("making Release istiod");
        await sleep(600);
      });
      expect((await outcomes).map(({ status }) => status)).toEqual(["done"]);
      expect(out.written).toMatch(/The seats' logs cannot be written: ENOSPC: no space left on device/);
      expect(out.written).toMatch(/The board \S+ cannot be written: ENOSPC: no space left on device/);
      expect(fs.readdirSync(of.folder).sort(), "no draft stays").toEqual(["board.html", "logs"]);
    } finally {
      execFileSync("umount", [of.folder]);
    }
  });

  it("removes the log of the time before, so that it is not read as today's", async () => {
    const of = made(1);
    fs.writeFileSync(path.join(of.folder, "logs", "seat-01.up.log"), "yesterday");
    await overSeats(of, { verb: "up", concurrency: 1, out: paper() }, async () => undefined);
    expect(fs.readdirSync(path.join(of.folder, "logs"))).toEqual([]);
  });
});
