import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { layout, linkName, type Layout } from "../../../embedded/node/layout";
import { hasLink, killNamespace, startNamespace } from "../../../embedded/node/namespace";
import type { ProcessId } from "../../../embedded/node/processes";

const { world } = vi.hoisted(() => ({
  world: {
    did: [] as string[],
    now: 0,
    /** What is found of the seat, look by look; the last stays. */
    looks: [] as { init: object[]; makers: object[] }[],
    alive: new Set<number>(),
    listed: 0,
    /** Numbers of processes that this one has started. */
    identified: [] as number[],
    name: "s6-svscan",
    hasLink: false,
    refuses: (_: string): Error | undefined => undefined,
  },
}));
// No test waits: what sleeps goes on at once, and the clock has gone on.
vi.mock("node:timers/promises", () => ({
  setTimeout: async (milliseconds: number) => void (world.now += milliseconds),
}));
vi.mock("../../../base/files", async (original) => {
  const real = await original<typeof import("../../../base/files")>();
  return {
    ...real,
    isThere: (file: string) =>
      file.startsWith("/sys/class/net/") ? world.hasLink && file.endsWith(`/${linkOf}`) : real.isThere(file),
  };
});
vi.mock("../../../embedded/node/run", () => ({
  run: async (...[program, args]: [string, string[]]) => {
    const said = [program, ...args].join(" ");
    world.did.push(said);
    const error = world.refuses(said);
    if (error !== undefined) throw error;
    if (said.includes("link delete")) world.hasLink = false;
    return "";
  },
}));
vi.mock("../../../embedded/node/enter", () => ({
  openNamespaces: ({ pid }: ProcessId) => (
    world.did.push(`open ${pid}`),
    { net: "/proc/1/fd/9", close: () => world.did.push("close") }
  ),
}));
vi.mock("../../../embedded/node/processes", () => ({
  SEAT_MARK: "ISTIO_LAB_SEAT",
  findSeatProcesses: () => (world.looks.length > 1 ? world.looks.shift() : world.looks[0]),
  identify: (pid: number) => (world.identified.push(pid), { pid, start: "1" }),
  isAlive: ({ pid }: ProcessId) => world.alive.has(pid),
  isListed: () => (world.listed -= 1) >= 0,
  commandNameOf: () => world.name,
}));

let folder: string;
let at: Layout;
let linkOf: string;
const init: ProcessId = { pid: 700, start: "1" };
const maker: ProcessId = { pid: 699, start: "1" };
const none = { init: [], makers: [] };
let kill: ReturnType<typeof vi.spyOn>;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-namespace-"));
  at = layout(folder);
  linkOf = linkName(folder);
  fs.writeFileSync(at.boot, 'echo "made for $ISTIO_LAB_SEAT in $PWD, with $(env | grep -c "^SECRET=") secrets"\n');
  Object.assign(world, {
    did: [],
    now: 0,
    looks: [none],
    alive: new Set([700, 699]),
    listed: 0,
    identified: [],
    name: "s6-svscan",
    hasLink: false,
    refuses: () => undefined,
  });
  vi.spyOn(Date, "now").mockImplementation(() => world.now);
  kill = vi.spyOn(process, "kill").mockImplementation((pid, signal) => (world.did.push(`${signal} ${pid}`), true));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  fs.rmSync(folder, { recursive: true });
});

const CONNECTED = () => [
  "open 700",
  `ip link add ${linkOf} type veth peer name eth0 netns /proc/1/fd/9`,
  "close",
  `ip address add 10.231.0.5/30 dev ${linkOf}`,
  `ip link set ${linkOf} up`,
];
const log = () => fs.readFileSync(path.join(at.logs, "seat", "current"), "utf8");

describe("a seat's namespaces are made", () => {
  it("by its boot script, with the seat's mark and nothing else of this process; its network is connected by the first process' own", async () => {
    vi.stubEnv("SECRET", "hunter2");
    world.looks = [none, none, { init: [init], makers: [] }];
    expect(await startNamespace(folder, "10.231.0.4/30")).toEqual(init);
    expect(world.did).toEqual(CONNECTED());
    await vi.waitFor(() => expect(log()).toBe(`made for ${at.folder} in /, with 0 secrets\n`));
  });

  it("anew where a link of a start before is left", async () => {
    Object.assign(world, { looks: [{ init: [init], makers: [] }], hasLink: true });
    await startNamespace(folder, "10.231.0.4/30");
    expect(world.did).toEqual([`ip link delete ${linkOf}`, ...CONNECTED()]);
  });

  it("and its descriptors are closed where the network cannot be connected", async () => {
    Object.assign(world, {
      looks: [{ init: [init], makers: [] }],
      refuses: (said: string) => (said.includes("link add") ? new Error("RTNETLINK") : undefined),
    });
    await expect(startNamespace(folder, "10.231.0.4/30")).rejects.toThrow("RTNETLINK");
    expect(world.did.at(-1)).toBe("close");
  });

  it("within ten seconds; else its last five lines are told", async () => {
    fs.writeFileSync(at.boot, "exit 0\n");
    fs.mkdirSync(path.join(at.logs, "seat"), { recursive: true });
    fs.writeFileSync(path.join(at.logs, "seat", "current"), "1\n2\n3\n4\n5\n6\n");
    await expect(startNamespace(folder, "10.231.0.4/30")).rejects.toThrow(
      "The seat's namespaces could not be made. It said:\n2\n3\n4\n5\n6",
    );
    expect(world.now).toBe(10_010);
  });

  it("and are there only when its first process has become the supervisor", async () => {
    Object.assign(world, { looks: [{ init: [init], makers: [] }], name: "sh" });
    await expect(startNamespace(folder, "10.231.0.4/30")).rejects.toThrow("The seat's namespaces could not be made.");
    world.alive.clear();
    await expect(startNamespace(folder, "10.231.0.4/30")).rejects.toThrow("The seat's first process has ended.");
  });

  it("never through a link that the seat has put in the place of its log", async () => {
    const elsewhere = path.join(folder, "elsewhere");
    fs.mkdirSync(path.join(at.logs, "seat"), { recursive: true });
    fs.symlinkSync(elsewhere, path.join(at.logs, "seat", "current"));
    await expect(startNamespace(folder, "10.231.0.4/30")).rejects.toThrow("ELOOP");
    expect(fs.existsSync(elsewhere)).toBe(false);
  });
});

describe("a seat is ended", () => {
  it("by its first process, with which the kernel ends all; its maker ends by that, and its link goes", async () => {
    Object.assign(world, {
      looks: [{ init: [init], makers: [maker] }, { init: [], makers: [maker] }, none],
      hasLink: true,
    });
    await killNamespace(folder);
    expect(world.did).toEqual(["SIGKILL 700", `ip link delete ${linkOf}`]);
  });

  it("by its maker too, where that goes on for a third of a second: it has not made the namespaces yet", async () => {
    world.looks = [...Array.from({ length: 31 }, () => ({ init: [], makers: [maker] })), none];
    await killNamespace(folder);
    expect(world.did).toEqual(["SIGKILL 699"]);
  });

  it("with no link, and nobody to end", async () => {
    await killNamespace(folder);
    expect([world.did, world.now, hasLink(folder)]).toEqual([[], 0, false]);
  });

  it("not where its processes do not end in ten seconds: they are named, and its link stays", async () => {
    Object.assign(world, { looks: [{ init: [init], makers: [maker] }], hasLink: true });
    await expect(killNamespace(folder)).rejects.toThrow("The seat's processes 700, 699 do not end.");
    expect([world.now, hasLink(folder)]).toEqual([10_010, true]);
  });

  it("without a signal to a process that has ended meanwhile, or that got its number", async () => {
    world.alive.clear();
    world.looks = [{ init: [init], makers: [] }, none];
    await killNamespace(folder);
    expect(world.did).toEqual([]);
  });

  it.each([
    ["ESRCH", true],
    ["EPERM", false],
  ])("where the kernel answers a signal with %s: %s", async (code, isFine) => {
    kill.mockImplementation(() => {
      throw Object.assign(new Error(code), { code });
    });
    world.looks = [{ init: [init], makers: [] }, none];
    const ended = killNamespace(folder);
    if (isFine) await expect(ended).resolves.toBeUndefined();
    else await expect(ended).rejects.toThrow("EPERM");
  });

  it.each([
    ["by the kernel itself", false],
    ["by nobody", true],
  ])("where its link cannot be deleted, and is taken away %s", async (_, stays) => {
    Object.assign(world, { hasLink: true, refuses: () => ((world.hasLink = stays), new Error("Cannot find device")) });
    if (stays) await expect(killNamespace(folder)).rejects.toThrow("Cannot find device");
    else await expect(killNamespace(folder)).resolves.toBeUndefined();
  });

  it("and is waited for until nobody lists its processes any more, for a second at most", async () => {
    Object.assign(world, { looks: [{ init: [init], makers: [] }, none], listed: 5 });
    await killNamespace(folder);
    expect([world.listed, world.now]).toEqual([-1, 60]);
    Object.assign(world, { looks: [{ init: [init], makers: [] }, none], listed: Infinity, now: 0 });
    await killNamespace(folder);
    expect(world.now).toBe(1010);
  });

  it("also while it is being made, by the maker that this process has started, before it is in the seat's control groups", async () => {
    world.looks = [{ init: [init], makers: [] }];
    await startNamespace(folder, "10.231.0.4/30");
    const [own] = world.identified;
    Object.assign(world, { looks: [none], did: [], alive: new Set([own]) });
    kill.mockImplementation((pid: number) => (world.did.push(`ended ${pid}`), world.alive.delete(pid)));
    await killNamespace(folder);
    expect([own, world.did]).toEqual([expect.any(Number), [`ended ${own}`]]);
  });
});
