import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { endLostEngines, RUN_MARK, RUNNER_MARK, thisRunner } from "../../../../cli/stack/orphans";
import { holderOf, removeTraces, tracesOf } from "../../../../cli/stack/state";
import { identify } from "../../../../embedded/node/processes";
import { contained, endStrangers, NOBODY, sleeper } from "../../../support/strangers";
import { needs, withoutLinux, withoutRoot } from "../../../support/needs";

let folder: string;
beforeAll(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-lost-"))));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/**
 * A process with an engine's name. When it is interrupted, it writes a file and ends in order. It is ready once its
 * child runs another program than its own.
 */
async function engine(stack: string, runner: string) {
  const note = path.join(folder, `${stack}.ended`);
  const script = `exec -a pulumi bash -c 'trap "touch ${note}; kill %1; exit" INT; sleep 60 & until read -r name < /proc/$!/comm && [ $name = sleep ]; do :; done; echo ready; wait' up --stack ${stack}`;
  const process = spawn("bash", ["-c", script], {
    env: { ...globalThis.process.env, [RUN_MARK]: folder, [RUNNER_MARK]: runner },
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  const ended = once(process, "exit");
  await once(process.stdout, "data");
  return { process, ended, note };
}

describe("engines whose runner was killed", needs(withoutLinux), () => {
  it("are ended in order where they work on these stacks, and those of a runner that lives are left alone", async () => {
    const [lost, other, alive] = await Promise.all([
      engine("anna", "4194999:1"),
      engine("zoe", "4194999:1"),
      engine("bela", thisRunner()),
    ]);
    const heard: string[] = [];
    try {
      expect(await endLostEngines(folder, ["anna", "bela"], (line) => heard.push(line))).toEqual([
        "Ended the engine of a killed run, which was still at work on stack anna.",
      ]);
      await lost.ended;
      expect(fs.existsSync(lost.note)).toBe(true);
      expect(heard).toEqual([expect.stringContaining("Waiting for anna:")]);
      await sleep(50);
      for (const { process, note } of [other, alive])
        expect([process.exitCode, fs.existsSync(note)]).toEqual([null, false]);
      expect(await endLostEngines("/another/checkout", ["zoe"])).toEqual([]);
    } finally {
      for (const { process } of [lost, other, alive]) {
        try {
          globalThis.process.kill(-process.pid!, "SIGKILL");
        } catch {
          // ended
        }
      }
    }
  });
});

describe("a process of another user, or of root in a pod", needs(withoutRoot), () => {
  afterEach(endStrangers);

  it("is no engine, whatever it is called and whichever variables it has: it is neither waited for nor ended", async () => {
    const { pid } = await sleeper(
      { [RUN_MARK]: folder, [RUNNER_MARK]: "4194999:1" },
      { name: "pulumi", words: "up --stack carl", uid: NOBODY },
    );
    const pod = await contained({ [RUN_MARK]: folder, [RUNNER_MARK]: "4194999:1" }, "pulumi", "up --stack carl");
    const heard: string[] = [];
    expect(await endLostEngines(folder, ["carl"], (line) => heard.push(line))).toEqual([]);
    expect(heard).toEqual([]);
    expect([identify(pid!), identify(pod)]).toEqual([expect.anything(), expect.anything()]);
  });
});

describe("what the local state has of a stack", () => {
  it("is found and taken away, and that of a stack with a longer name stays", () => {
    const root = path.join(folder, "state");
    const files = (stack: string) => [
      `stacks/istio-lab/${stack}.json`,
      `stacks/istio-lab/${stack}.json.bak`,
      `stacks/istio-lab/${stack}.pulumi-tags`,
      `history/istio-lab/${stack}/1.json`,
      `backups/istio-lab/${stack}/1.json`,
      `locks/organization/istio-lab/${stack}/1.json`,
    ];
    for (const file of [...files("anna"), ...files("anna-2")]) {
      fs.mkdirSync(path.dirname(path.join(root, ".pulumi", file)), { recursive: true });
      fs.writeFileSync(path.join(root, ".pulumi", file), "{}");
    }
    expect(tracesOf(root, "anna")).toHaveLength(6);
    removeTraces(root, "anna");
    expect(tracesOf(root, "anna")).toEqual([]);
    expect(tracesOf(root, "anna-2")).toHaveLength(6);
  });

  it("names who works on it, on another machine too", () => {
    const [root, locks] = [
      path.join(folder, "locked"),
      path.join(folder, "locked", ".pulumi", "locks", "organization", "istio-lab", "anna"),
    ];
    fs.mkdirSync(locks, { recursive: true });
    fs.writeFileSync(
      path.join(locks, "1.json"),
      JSON.stringify({ pid: 4194999, hostname: os.hostname(), timestamp: "" }),
    );
    expect(holderOf(root, "anna")).toBeUndefined();
    fs.writeFileSync(path.join(locks, "2.json"), JSON.stringify({ pid: 7, hostname: "elsewhere", timestamp: "" }));
    expect(holderOf(root, "anna")).toBe("7 on elsewhere");
  });
});
