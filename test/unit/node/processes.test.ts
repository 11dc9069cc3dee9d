import { execFileSync } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { embeddedProof } from "../../../cli/targets/embedded/proof";
import { remove, shell, status, stop } from "../../../cli/targets/embedded/seats";
import { membersOf } from "../../../embedded/node/cgroups";
import { openNamespaces, runInside } from "../../../embedded/node/enter";
import { cgroupName } from "../../../embedded/node/layout";
import { killNamespace } from "../../../embedded/node/namespace";
import { belongsTo } from "../../../base/process-owner";
import {
  age,
  commandNameOf,
  findSeatProcesses,
  identify,
  isAlive,
  isOfSeat,
  mayRunIn,
  podProcesses,
  SEAT_MARK,
  self,
  type ProcessId,
} from "../../../embedded/node/processes";
import {
  endStrangers,
  firstProcess,
  join,
  makeGroup,
  NOBODY,
  publicFolder,
  ready,
  sleeper,
  strangersSeat,
} from "../../support/strangers";
import { needs, withoutRoot } from "../../support/needs";

it("this process lives; one that had its number earlier does not", () => {
  expect(isAlive(self())).toBe(true);
  expect(isAlive({ ...self(), start: "1" })).toBe(false);
  expect(isAlive({ ...self(), boot: "the machine's start before" })).toBe(false);
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

it("a process is called by its program's name, whatever it says of itself, and by none once it has ended", async () => {
  const child = spawn("sleep", ["60"], { argv0: "s6-svscan" });
  await once(child, "spawn");
  expect(commandNameOf(child.pid!)).toBe("sleep");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(commandNameOf(child.pid!)).toBeUndefined();
});

const idOf = (pid: number): ProcessId => {
  const { parent: _, ...id } = identify(pid)!;
  return id;
};
const none = { init: [], makers: [] };

// Without root there is neither a seat nor another user to be: these are skipped then, and counted as skipped.
describe("a seat's processes", needs(withoutRoot), () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-processes-")));
    vi.stubEnv("ISTIO_LAB_HOME", folder);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    await endStrangers();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const seat = () => path.join(folder, "seats", "a");
  const record = (init: object) => {
    fs.mkdirSync(seat(), { recursive: true });
    fs.writeFileSync(
      path.join(seat(), "seat.json"),
      JSON.stringify({
        name: "a",
        generation: "g",
        addressRange: "10.231.0.0/30",
        kubernetesVersion: "1.36.3",
        phase: "ready",
        made: true,
        init,
      }),
    );
  };

  it("are found by their control group, root's own alone, also of a seat whose folder is gone", async () => {
    const { maker, init } = await firstProcess({ [SEAT_MARK]: seat() });
    expect(findSeatProcesses(seat())).toEqual(none); // they are in no group yet
    makeGroup(seat(), "node");
    for (const pid of [maker, init]) join(seat(), "node", pid);
    expect(findSeatProcesses(seat())).toEqual({ init: [idOf(init)], makers: [idOf(maker)] });
    expect(isOfSeat(idOf(init))).toBe(true);
    expect(isOfSeat({ ...idOf(init), start: "1" })).toBe(false);
    expect(
      await runInside(idOf(init), ["sh", "-c", "echo $$; readlink /proc/self/fd/* | grep -c ':\\[4026' || true"]),
    ).toMatch(/^\d+\n0\n$/); // no descriptor of a namespace
    expect(findSeatProcesses(path.join(folder, "seats", "b"))).toEqual(none);

    // Another user's process stays a stranger's, even in the group.
    const stranger = await sleeper({ [SEAT_MARK]: seat() }, { uid: NOBODY });
    join(seat(), "node", stranger.pid!);
    expect(findSeatProcesses(seat()).makers).toEqual([idOf(maker)]);
    await killNamespace(seat());
    expect([maker, init, stranger.pid!].map((pid) => identify(pid) !== undefined)).toEqual([false, false, true]);
  });

  it("are entered by the machine's own nsenter, not by one in the seat's folder, where the seat may write", async () => {
    const { maker, init } = await firstProcess({ [SEAT_MARK]: seat() });
    record(idOf(init));
    makeGroup(seat(), "node");
    for (const pid of [maker, init]) join(seat(), "node", pid);
    const [bin, note] = [path.join(seat(), "bin"), path.join(folder, "note")];
    fs.mkdirSync(bin);
    fs.writeFileSync(path.join(bin, "nsenter"), `#!/bin/sh\nreadlink /proc/self/ns/pid > ${note}\n`, { mode: 0o755 });
    await shell("a", ["sh", "-c", `readlink /proc/self/ns/pid > ${note}`]);
    expect(process.exitCode).toBe(0);
    process.exitCode = undefined;
    expect(fs.readFileSync(note, "utf8").trim()).toBe(fs.readlinkSync(`/proc/${init}/ns/pid`));
    await expect(shell("b", ["true"])).rejects.toThrow('The seat "b" does not run.');
  });

  it("are not those of a pod, which may be root and have the variable", async () => {
    makeGroup(seat(), "node");
    makeGroup(seat(), "kubepods/pod1");
    const { maker, init } = await firstProcess({ [SEAT_MARK]: seat() });
    for (const pid of [maker, init]) join(seat(), "kubepods/pod1", pid);
    expect(findSeatProcesses(seat())).toEqual(none);
    expect(
      podProcesses(seat())
        .map(({ pid }) => pid)
        .sort(),
    ).toEqual([maker, init].sort());
    await expect(runInside(idOf(init), ["true"])).rejects.toThrow(
      `Process ${init} is not entered, because it is not a process of root's in a seat's control group.`,
    );
  });

  it("are told by the one group of version 2 as well", async () => {
    const { maker, init } = await firstProcess({ [SEAT_MARK]: seat() });
    const cgroups = path.join(folder, "cgroup");
    const put = (file: string, text: string) => {
      fs.mkdirSync(path.dirname(path.join(cgroups, file)), { recursive: true });
      fs.writeFileSync(path.join(cgroups, file), text);
    };
    put("cgroup.controllers", "cpuset cpu io memory pids\n");
    put("cgroup.procs", "1\n");
    put("user.slice/istio-lab-0123456789/node/cgroup.procs", `${init}\n`); // a user's own, of whatever name
    const own = `${cgroupName(seat())}/node/cgroup.procs`;
    put(own, "");
    put(`${cgroupName(seat())}/kubepods/cgroup.procs`, "");
    put(`${cgroupName(seat())}/kubepods/pod1/cgroup.procs`, `${maker}\n${init}\n`);
    expect(findSeatProcesses(seat(), cgroups)).toEqual(none);
    put(own, `0\n${maker}\n${init}\n4194304\n`); // 0 is a process outside of our process namespace
    expect(findSeatProcesses(seat(), cgroups)).toEqual({ init: [idOf(init)], makers: [idOf(maker)] });
    expect(membersOf(cgroupName(seat()), "kubepods", cgroups)).toEqual([maker, init]);
  });

  it("are not another user's, who is root of his own namespaces: his ctr does not run as root of this machine", async () => {
    const { pid, note } = await strangersSeat({ [SEAT_MARK]: seat() });
    for (const id of findSeatProcesses(seat()).init) await runInside(id, ["ctr", "images", "ls"]);
    expect(fs.existsSync(note) && fs.readFileSync(note, "utf8")).toBe(false);
    expect(findSeatProcesses(seat())).toEqual(none);
    // Nor by a record that names it, as after a restart of the machine that gave it the number and the tick of the seat's first process.
    const { boot: _, ...id } = idOf(pid);
    await expect(runInside(id, ["ctr", "images", "ls"])).rejects.toThrow(`Process ${pid} is not entered`);
    expect(() => openNamespaces(id)).toThrow("is not entered");
    expect(fs.existsSync(note)).toBe(false);

    record(id);
    const said: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => said.push(String(text)) > 0);
    await status("a");
    expect(said.join("")).toMatch(/^seat "a": dead, /);
    await stop("a");
    expect(isAlive(id)).toBe(true);
    record(id);
    await remove("a");
    expect([fs.existsSync(seat()), isAlive(id)]).toEqual([false, true]);
  });

  it("are not root's own in no seat's group, whatever variable they have: they are not ended, nor do they spoil a proof", async () => {
    const { pid } = await sleeper({ [SEAT_MARK]: seat() });
    expect(findSeatProcesses(seat())).toEqual(none);
    await killNamespace(seat());
    expect(identify(pid!)).toBeDefined();
    const [processes] = await embeddedProof.queries({ stack: "a", workspace: { env: {} }, config: {} }, {});
    expect(processes).toMatchObject({ what: "processes", left: [] });
    expect(processes!.asked).toContain(`${cgroupName(seat())}/node/cgroup.procs`);
    await expect(runInside(idOf(pid!), ["true"])).rejects.toThrow("is not entered");
  });

  it.each([
    ["whose effective user is root", "", /^Uid:\t65534\t0\t0\t0$/m],
    ["which has become root altogether", "$< = 0; $> = 0;", /^Uid:\t0\t0\t0\t0$/m],
  ])("are not a setuid program's with another user's variables, %s", async (_, become, uids) => {
    const perl = path.join(publicFolder(), "perl");
    // Written by another process: a program that this one has open to write, or a child of a neighbouring thread's, cannot be started (ETXTBSY).
    execFileSync("cp", [fs.realpathSync("/usr/bin/perl"), perl]);
    fs.chmodSync(perl, 0o4755);
    const { pid } = await ready(perl, ["-e", `${become} $| = 1; print qq(ready\\n); sleep 60`], {
      env: { [SEAT_MARK]: seat() },
      uid: NOBODY,
    });
    expect(fs.statSync(`/proc/${pid}`).uid).toBe(0);
    expect(fs.readFileSync(`/proc/${pid}/status`, "utf8")).toMatch(uids);
    expect(belongsTo(0, pid!)).toBe(false);
    expect(mayRunIn(seat(), idOf(pid!))).toBe(false);
    expect(findSeatProcesses(seat())).toEqual(none);
  });
});
