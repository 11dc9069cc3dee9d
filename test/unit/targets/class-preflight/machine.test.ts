import { describe, expect, test } from "vitest";
import { peopleFindings } from "../../../../cli/class/preflight/facts";
import { memoryOf, roomFindings } from "../../../../cli/targets/embedded/class-preflight";
import { profileFindings } from "../../../../cli/targets/minikube/class-preflight";
import { parseConfig } from "../../../../config";
import { seat, seats } from "../../class/preflight/facts";

const GiB = 2 ** 30;
const small = { lessons: '["blog"]', addons: "[]" };
const room = { memory: 23 * GiB, disk: 50 * GiB, inotify: { limit: 128, taken: 0 } };

test("a seat's memory is what was measured: 1235 MiB with the blog alone, 1748 MiB with everything", () => {
  const of = (config: Record<string, string>) => memoryOf(parseConfig({ target: "embedded", ...config })) / 2 ** 20;
  expect(Math.abs(of(small) - 1235)).toBeLessThan(25);
  expect(Math.abs(of({}) - 1748)).toBeLessThan(25);
});

describe("room on this machine, for the seats that are not there", () => {
  test("enough", () => {
    expect(roomFindings(seats(6, small), room)).toEqual([
      { name: "memory", status: "ok", seen: "6 more seats take about 7.3 GiB, 22.0 GiB are left" },
      { name: "disk", status: "ok", seen: "6 more seats take about 18.0 GiB, 50.0 GiB are left" },
      { name: "inotify instances", status: "ok", seen: "6 more seats take about 114, 128 are left" },
    ]);
    expect(
      roomFindings(seats(30, {}, { there: true }), { memory: 0, disk: 0, inotify: { limit: 128, taken: 128 } }),
    ).toEqual([{ name: "room", status: "ok", seen: "all embedded seats exist" }]);
  });

  test("too little of anything, with what to do", () => {
    const found = roomFindings([...seats(30, small), ...seats(2, small, { there: true })], room);
    expect(found.map(({ name, status }) => `${name} ${status}`)).toEqual([
      "memory refused",
      "disk refused",
      "inotify instances refused",
    ]);
    expect(found.map(({ seen }) => seen)).toEqual([
      "30 more seats take about 36.3 GiB, 22.0 GiB are left",
      "30 more seats take about 90.0 GiB, 50.0 GiB are left",
      "30 more seats take about 570, 128 are left",
    ]);
    expect(found[2]!.todo).toBe("fewer lessons, or allow more: sysctl -w fs.inotify.max_user_instances=1024");
  });

  test("each of the three refuses by itself, at its last byte", () => {
    const one = seats(1, small);
    const need = memoryOf(one[0]!.settings);
    const refused = (of: Partial<typeof room>) =>
      roomFindings(one, { ...room, ...of })
        .filter(({ status }) => status === "refused")
        .map(({ name }) => name);
    expect(refused({ memory: need + GiB })).toEqual([]);
    expect(refused({ memory: need + GiB - 1 })).toEqual(["memory"]);
    expect(refused({ disk: 3 * GiB - 1 })).toEqual(["disk"]);
    expect(refused({ inotify: { limit: 128, taken: 128 - 19 } })).toEqual([]);
    expect(refused({ inotify: { limit: 128, taken: 128 - 18 } })).toEqual(["inotify instances"]);
  });
});

test("minikube: memory is each profile's own, processors are shared", () => {
  const class5 = seats(5, { target: "minikube", minikube: '{"memory":6000}' });
  expect(profileFindings(class5, { cpus: 8, memory: 32_000 * 2 ** 20 })).toEqual([
    { name: "memory", status: "ok", seen: "30000 MB by 5 profiles, 32000 MB exist" },
    { name: "CPUs", status: "notice", seen: "20 by 5 profiles, 8 exist: they share them" },
  ]);
  expect(profileFindings(class5, { cpus: 20, memory: 16_000 * 2 ** 20 })).toMatchObject([
    { status: "refused", seen: "30000 MB by 5 profiles, 16000 MB exist" },
    { status: "ok" },
  ]);
  expect(profileFindings(class5, { cpus: 20, memory: 30_000 * 2 ** 20 }), "just enough is enough").toMatchObject([
    { status: "ok", seen: "30000 MB by 5 profiles, 30000 MB exist" },
    { status: "ok" },
  ]);
});

describe("people", () => {
  const now = new Date("2026-12-02");
  const [before, after] = [new Date("2026-12-01"), new Date("2026-12-03")];

  test("an expiry that is past refuses a seat that is not there, and is said of one that is", () => {
    expect(
      peopleFindings(
        [
          seat("a", small, { expires: before }),
          seat("b", small, { expires: before, there: true }),
          seat("c", small, { expires: after }),
        ],
        now,
      ),
    ).toEqual([
      {
        name: "expiry",
        status: "refused",
        seen: "has already passed, and the seat does not exist yet: a (line 2)",
        todo: "give a later one, or remove the seats from the roster",
      },
      {
        name: "expiry",
        status: "notice",
        seen: "has already passed: b (line 2)",
        todo: "`class expire` destroys these seats",
      },
    ]);
    expect(peopleFindings([seat("a", small, { expires: after }), seat("b", small)], now)).toEqual([
      { name: "expiry", status: "ok", seen: "1 of 2 seats have one; `class expire` never destroys the others" },
    ]);
    expect(peopleFindings([seat("a", small)], now)).toEqual([
      {
        name: "expiry",
        status: "notice",
        seen: "no seat has one: `class expire` destroys none, and each stays until `class destroy`",
      },
    ]);
  });

  test("one address for two seats is said", () => {
    const found = peopleFindings(
      [
        seat("a", small, { email: "Ada@example.org", expires: after }),
        seat("b", small, { email: "ada@example.org", expires: after }),
      ],
      now,
    );
    expect(found[1]).toEqual({ name: "e-mail", status: "notice", seen: "the same for a and b" });
  });
});
