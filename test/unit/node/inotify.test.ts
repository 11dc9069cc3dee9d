import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { instancesFor, instancesOf, requireInotify } from "../../../embedded/node/inotify";
import { needs, withoutRoot } from "../../support/needs";

test("a seat is refused where its proxies would find no inotify instance, with the command that raises the limit", () => {
  expect(() => requireInotify(undefined, 128, 128 - 52)).not.toThrow();
  expect(() => requireInotify(undefined, 128, 128 - 51)).toThrow(
    /hold 77 of 128 inotify instances, and one more seat takes up to 52\. .*sysctl -w fs\.inotify\.max_user_instances=256/,
  );
  expect(() => requireInotify(undefined, 512, 500)).toThrow(/max_user_instances=1024/);
});

test("a seat with fewer lessons takes less: six with the blog alone fit where two with all lessons do", () => {
  const blog = 4;
  for (let seats = 0; seats < 6; seats++)
    expect(() => requireInotify(blog, 128, seats * instancesFor(blog))).not.toThrow();
  expect(() => requireInotify(blog, 128, 6 * instancesFor(blog))).toThrow("one more seat takes up to 19. ");
  expect(() => requireInotify(undefined, 128, 2 * instancesFor())).toThrow("one more seat takes up to 52. ");
});

test("the instances of a user are counted by the open files of its processes", needs(withoutRoot), async () => {
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
