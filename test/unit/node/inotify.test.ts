import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { INSTANCES_OF_A_SEAT, instancesOf, requireInotify } from "../../../embedded/node/inotify";

test("a seat is refused where its proxies would find no inotify instance, with the command that raises the limit", () => {
  expect(() => requireInotify(128, 128 - INSTANCES_OF_A_SEAT)).not.toThrow();
  expect(() => requireInotify(128, 128 - INSTANCES_OF_A_SEAT + 1)).toThrow(/hold 74 of 128 inotify instances.*sysctl -w fs\.inotify\.max_user_instances=256/);
  expect(() => requireInotify(512, 500)).toThrow(/max_user_instances=1024/);
});

test("the instances of a user are counted by the open files of its processes", async () => {
  const user = 64321;
  expect(instancesOf(user)).toBe(0);
  const watch = `const fs = require("node:fs"); fs.watch("/"); console.log("watching"); setTimeout(() => {}, 60_000)`;
  const child = spawn(process.execPath, ["-e", watch], { uid: user, gid: user, stdio: ["ignore", "pipe", "inherit"] });
  try {
    await once(child.stdout, "data");
    expect(instancesOf(user)).toBeGreaterThan(0);
  } finally {
    child.kill();
    await once(child, "exit");
  }
  expect(instancesOf(user)).toBe(0);
});
