import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { withLock } from "../../../embedded/node/lock";

const name = (suffix: string) => `test:${process.pid}:${suffix}`;

it("lets one after the other in", async () => {
  const seen: string[] = [];
  const enter = (who: string) =>
    withLock(name("order"), () => {}, async () => {
      seen.push(`${who} in`);
      await sleep(30);
      seen.push(`${who} out`);
    });
  await Promise.all([enter("a"), enter("b"), enter("c")]);
  expect(seen).toHaveLength(6);
  for (let i = 0; i < 6; i += 2) expect(seen[i + 1]).toBe(seen[i]!.replace("in", "out"));
});

it("is given back when the work fails", async () => {
  await expect(withLock(name("fails"), () => {}, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await withLock(name("fails"), () => {}, async () => "in", 0)).toBe("in");
});

it("tells who holds it, and gives up in time", async () => {
  const waits: string[] = [];
  await withLock(name("busy"), () => {}, async () => {
    await expect(withLock(name("busy"), (holder) => waits.push(holder), async () => {}, 200)).rejects.toThrow("for too long");
  });
  expect(waits).toHaveLength(1);
  expect(waits[0]).toContain(`process ${process.pid}`);
});

it("is free as soon as its holder is killed", async () => {
  const socket = JSON.stringify(`\0istio-lab:${name("killed")}`.padEnd(108, "\0"));
  const holder = spawn(process.execPath, ["-e", `require("net").createServer().listen(${socket}, () => console.log("held"))`], { stdio: ["ignore", "pipe", "inherit"] });
  await once(createInterface({ input: holder.stdout }), "line");
  await expect(withLock(name("killed"), () => {}, async () => {}, 0)).rejects.toThrow("for too long");
  holder.kill("SIGKILL");
  await once(holder, "exit");
  expect(await withLock(name("killed"), () => {}, async () => "in", 1000)).toBe("in");
});
