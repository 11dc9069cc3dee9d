import { once } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import { endEngines, engineStarted } from "../../../../cli/terminal/ending/engines";
import { RUNNER_MARK, thisRunner } from "../../../../cli/stack/orphans";
import { everyNumber, identify, sessionOf } from "../../../../base/process-id";
import { endStrangers, ready } from "../../../support/strangers";
import { needs, withoutLinux } from "../../../support/needs";

describe("an engine of this run that is ended by force", needs(withoutLinux), () => {
  afterEach(endStrangers);
  const lives = (pid: number | undefined) => identify(pid!) !== undefined;
  /** Leads a session of its own, and has a child in it that writes down its number. */
  const engine = (script: string, runner = thisRunner()) =>
    ready("bash", ["-c", script], { detached: true, env: { PATH: process.env.PATH, [RUNNER_MARK]: runner } });

  it("goes with what it has started", async () => {
    const one = await engine("sleep 60 & echo $!; wait");
    const ended = engineStarted(one.pid!);
    endEngines();
    await once(one, "exit");
    ended();
    expect(lives(one.pid)).toBe(false);
  });

  it("has ended before: what it has started goes nevertheless", async () => {
    const one = await ready("bash", ["-c", "sleep 60 >/dev/null & echo $!"], {
      detached: true,
      env: { PATH: process.env.PATH, [RUNNER_MARK]: thisRunner() },
    });
    if (one.exitCode === null) await once(one, "exit");
    const [child] = everyNumber().filter((pid) => sessionOf(pid) === one.pid);
    const ended = engineStarted(one.pid!);
    endEngines();
    ended();
    await vi.waitFor(() => expect(lives(child)).toBe(false));
  });

  it("has ended, and its number is another's: that one is left alone", async () => {
    const other = await engine("echo ready; exec sleep 60", "4194999:1");
    const ended = engineStarted(other.pid!);
    endEngines();
    ended();
    await new Promise((wait) => setTimeout(wait, 100));
    expect(lives(other.pid)).toBe(true);
  });
});
