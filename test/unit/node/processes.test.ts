import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { age, findSeatProcesses, identify, isAlive, SEAT_MARK, self } from "../../../embedded/node/processes";

it("this process lives; one that had its number earlier does not", () => {
  expect(isAlive(self())).toBe(true);
  expect(isAlive({ ...self(), start: "1" })).toBe(false);
  expect(isAlive(undefined)).toBe(false);
  expect(age(self())).toBeGreaterThan(0);
});

it("a process that has ended does not live, whatever its name looks like", async () => {
  const child = spawn("sleep", ["60"], { argv0: "a) R 1 (b" });
  const id = identify(child.pid!)!;
  expect(isAlive(id)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isAlive(id)).toBe(false);
});

it("a seat's processes are found by the mark in their environment alone", async () => {
  const folder = `/nowhere/${process.pid}`;
  const child = spawn("sleep", ["60"], { env: { ...process.env, [SEAT_MARK]: folder } });
  try {
    await once(child, "spawn");
    expect(findSeatProcesses(folder).makers.map((id) => id.pid)).toEqual([child.pid]);
    expect(findSeatProcesses(folder).init).toEqual([]); // it is not the first of a namespace
    expect(findSeatProcesses("/nowhere")).toEqual({ init: [], makers: [] });
  } finally {
    child.kill("SIGKILL");
  }
});
