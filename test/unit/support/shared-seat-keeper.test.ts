import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { projectRoot } from "../../../base/paths";
import { KEEPER_FILE, untilKept } from "../../../cli/test-run/keeper";
import { compiled } from "../../support/compiled";
import { until } from "../../support/http";
import { forgetCheckout, noteCheckout, noteCheckoutsIn } from "../../support/made-checkouts";
import { removeShared } from "../../support/shared-seat/remove";

/** What vitest does with the global setup, in a process that can be ended in any way. */
const RUN = `
  const end = require("./test/support/shared-seat/setup").default({ vitest: { state: { getPaths: () => [] } }, provide: (_, folder) => console.log(folder) });
  process.on("message", () => end().then(() => process.exit(0)));
`;

describe("the folder of the shared seat", () => {
  let code: string;
  let script: string;
  beforeAll(async () => {
    code = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-keeper-code-"));
    script = await compiled(code, RUN);
  });
  afterAll(() => fs.rmSync(code, { recursive: true }));
  let run: ChildProcess;
  let folder: string;
  let keeper: string;
  beforeEach(async () => {
    keeper = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-keeper-")), "keeper.json");
    run = spawn(process.execPath, [script], {
      cwd: projectRoot,
      stdio: ["ignore", "pipe", "inherit", "ipc"],
      env: { ...process.env, [KEEPER_FILE]: keeper },
    });
    folder = String((await once(run.stdout!, "data"))[0]).trim();
  });
  afterEach(() => {
    if (run.exitCode === null && run.signalCode === null) run.kill("SIGKILL");
    fs.rmSync(path.dirname(keeper), { recursive: true });
  });

  const gone = () =>
    until(
      "the folder's end",
      20,
      async () => fs.existsSync(folder),
      (there) => !there,
    );

  it("goes when the run ends in order, before it ends", async () => {
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
    run.send("end");
    expect(await once(run, "exit")).toEqual([0, null]);
    expect(fs.existsSync(folder)).toBe(false);
  });

  it.each(["SIGINT", "SIGKILL"] as const)(
    "goes when the run is ended by %s, with the checkout and with what still works in it, and nothing else",
    async (signal) => {
      const checkout = path.join(folder, "checkout-1");
      fs.mkdirSync(checkout);
      const [inside, outside] = [checkout, "/tmp"].map((cwd) => spawn("sleep", ["60"], { cwd, stdio: "ignore" })) as [
        ChildProcess,
        ChildProcess,
      ];
      try {
        const ended = once(inside, "exit");
        run.kill(signal);
        await gone();
        expect(await ended).toEqual([null, "SIGKILL"]);
        expect([outside.exitCode, outside.signalCode]).toEqual([null, null]);
      } finally {
        for (const one of [inside, outside]) one.kill("SIGKILL");
      }
    },
  );

  it("goes with the checkouts that the tests have made and not removed, and nothing else, before anybody who waits goes on", async () => {
    noteCheckoutsIn(folder);
    const [left, removed, replaced] = ["left", "removed", "replaced"].map((name) =>
      fs.mkdtempSync(path.join(os.tmpdir(), `istio-lab-${name}-`)),
    ) as [string, string, string];
    const within = path.join(folder, "within");
    fs.mkdirSync(within);
    for (const root of [left, removed, replaced, within]) noteCheckout(root);
    // By the marks alone: a folder of the same name is somebody else's, and whoever made the folder around one removes that.
    fs.rmSync(replaced, { recursive: true });
    fs.mkdirSync(replaced);
    expect(fs.readdirSync(within)).toEqual([]);
    forgetCheckout(removed);
    const said: string[] = [];
    try {
      run.kill("SIGINT");
      await once(run, "exit");
      await untilKept(keeper, (line) => said.push(line));
      expect([left, removed, replaced, folder].map((root) => fs.existsSync(root))).toEqual([false, true, true, false]);
      expect(said).toEqual([expect.stringMatching(/^Removing what the tests have made\./)]);
      await untilKept(keeper, (line) => said.push(line));
      expect(said).toHaveLength(1);
    } finally {
      for (const root of [left, removed, replaced]) fs.rmSync(root, { recursive: true, force: true });
    }
  });

  it("stays where something could not be removed: that is told, with the command for it, and the rest goes", async () => {
    const [good, bad] = ["checkout-1", "checkout-2"].map((name) => path.join(folder, name)) as [string, string];
    fs.mkdirSync(path.join(bad, ".lab/seats/it's mine"), { recursive: true });
    fs.writeFileSync(path.join(bad, "package.json"), "{}");
    const seatsAlone = path.join(folder, "checkout-3");
    fs.mkdirSync(path.join(seatsAlone, ".lab/seats/provider"), { recursive: true });
    fs.mkdirSync(good);
    const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      await removeShared(folder, async (root) =>
        root !== good ? Promise.reject(new Error("it is busy")) : fs.rmSync(root, { recursive: true }),
      );
      expect(written.mock.calls.join("")).toBe(
        `The tests have left behind:\n- ${bad}: it is busy\n  cd ${bad} && npm run embedded -- delete --seat 'it'\\''s mine' && rm -r ${bad}\n` +
          `- ${seatsAlone}: it is busy\n  cd ${projectRoot} && ISTIO_LAB_HOME=${seatsAlone}/.lab npm run embedded -- delete --seat provider && rm -r ${seatsAlone}\n`,
      );
      expect([fs.existsSync(good), fs.existsSync(bad), process.exitCode]).toEqual([false, true, 1]);
    } finally {
      process.exitCode = undefined;
      written.mockRestore();
      // The keeper would find no seat in it.
      fs.rmSync(seatsAlone, { recursive: true });
    }
  });
});
