import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { projectRoot } from "../../../embedded/paths";
import { until } from "../../support/http";

/** What vitest does with the global setup, in a process that can be ended in any way. */
const RUN = `
  require("tsx/cjs/api").register();
  const end = require(${JSON.stringify(path.join(projectRoot, "test/support/shared-seat/setup.ts"))}).default({ vitest: { state: { getPaths: () => [] } }, provide: (_, folder) => console.log(folder) });
  process.on("message", () => end().then(() => process.exit(0)));
`;

describe("the folder of the shared seat", () => {
  let run: ChildProcess;
  let folder: string;
  beforeEach(async () => {
    run = spawn(process.execPath, ["-e", RUN], { cwd: projectRoot, stdio: ["ignore", "pipe", "inherit", "ipc"] });
    folder = String((await once(run.stdout!, "data"))[0]).trim();
  });
  afterEach(() => {
    if (run.exitCode === null && run.signalCode === null) run.kill("SIGKILL");
  });

  const gone = () => until("the folder's end", 20, async () => fs.existsSync(folder), (there) => !there);

  it("goes when the run ends in order, before it ends", async () => {
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
    run.send("end");
    expect(await once(run, "exit")).toEqual([0, null]);
    expect(fs.existsSync(folder)).toBe(false);
  });

  it.each(["SIGINT", "SIGKILL"] as const)("goes when the run is ended by %s, with the checkout and with what still works in it, and nothing else", async (signal) => {
    const checkout = path.join(folder, "checkout-1");
    fs.mkdirSync(checkout);
    const [inside, outside] = [checkout, "/tmp"].map((cwd) => spawn("sleep", ["60"], { cwd, stdio: "ignore" })) as [ChildProcess, ChildProcess];
    try {
      const ended = once(inside, "exit");
      run.kill(signal);
      await gone();
      expect(await ended).toEqual([null, "SIGKILL"]);
      expect([outside.exitCode, outside.signalCode]).toEqual([null, null]);
    } finally {
      for (const one of [inside, outside]) one.kill("SIGKILL");
    }
  });
});
