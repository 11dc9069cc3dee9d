import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Command, Option } from "commander";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { removeKubeconfig } from "../../../cli/stack/kubeconfig";
import { program } from "../../../cli/main";
import { configFile, seatFolderOf } from "../../../cli/stack/stack";
import { forgetBackend, noteBackend } from "../../../cli/stack/same-backend";
import { removeTraces } from "../../../cli/stack/state";
import { remove } from "../../../embedded/node/remove";
import { projectRoot, seatFolder } from "../../../base/paths";
import { anyText } from "../../support/texts";

/** Every option of every command that names a stack or a seat. */
function nameOptions(command: Command, before: readonly string[] = []): { option: Option; of: string }[] {
  const of = [...before, command.name()];
  const own = command.options.filter(({ long }) => ["--stack", "--seat", "--from", "--only"].includes(long!));
  return [
    ...own.map((option) => ({ option, of: of.slice(1).join(" ") })),
    ...command.commands.flatMap((one) => nameOptions(one, of)),
  ];
}
const options = nameOptions(program);

/** The name as the command gets it, or the refusal. */
function given(option: Option, text: string): string | Error {
  try {
    const value = option.parseArg!(text, undefined) as unknown;
    return Array.isArray(value) ? (value[0] as string) : (value as string);
  } catch (error) {
    return error as Error;
  }
}

/** Each test's own: one that was stopped in its middle is still at work in its folder. */
let home: string;
beforeEach(() => {
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-names-")));
  for (const name of ["PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"]) vi.stubEnv(name, undefined);
  vi.stubEnv("ISTIO_LAB_HOME", path.join(home, "lab"));
  vi.stubEnv("PULUMI_HOME", path.join(home, "pulumi"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(home, { recursive: true });
});

const record = (name: string) =>
  JSON.stringify({
    name,
    generation: "g",
    addressRange: "10.231.0.0/30",
    kubernetesVersion: "1.36.3",
    phase: "stopped",
    made: true,
  });

/** Two seats and two stacks, and all around them what must stay: the text of each file, by its path. */
const files = new Map<string, string>([
  ...["a", "b"].flatMap((seat): [file: string, text: string][] => [
    [`lab/seats/${seat}/seat.json`, record(seat)],
    [`lab/seats/${seat}/var/lib/etcd/data`, "data"],
    [`lab/state/.pulumi/stacks/istio-lab/${seat}.json`, "{}"],
    [`lab/state/.pulumi/history/istio-lab/${seat}/1.json`, "history"],
    [`lab/state/.pulumi/locks/organization/istio-lab/${seat}/1.json`, "lock"],
    [`lab/kubeconfig/${seat}`, "kubeconfig"],
    [`lab/stacks/${seat}.json`, JSON.stringify({ url: "file:///x", own: true })],
  ]),
  ...[
    "canary",
    "outside/seat.json",
    "outside/canary",
    "lab/passphrase",
    "lab/class/c/facts/a.json",
    "lab/state/.pulumi/stacks/other/a.json",
    "lab/seats/notes/canary",
    "lab/seats/file",
  ].map((file): [file: string, text: string] => [file, file]),
]);
const link = "lab/seats/link";

/** Makes all of it in an empty folder. Returns the names of all that lies there then. */
function grown(home: string): string[] {
  for (const file of files.keys()) put(home, file);
  fs.symlinkSync("../../outside", path.join(home, link));
  return all(home);
}

function put(home: string, file: string): void {
  fs.mkdirSync(path.dirname(path.join(home, file)), { recursive: true });
  fs.writeFileSync(path.join(home, file), files.get(file)!);
}

/** Makes again what is gone, and removes what has come. To make all of it anew took most of this test's time. */
function mend(home: string, before: readonly string[], after: readonly string[]): void {
  const [was, is] = [new Set(before), new Set(after)];
  for (const file of after.filter((file) => !was.has(file)))
    fs.rmSync(path.join(home, file), { recursive: true, force: true });
  for (const file of files.keys()) if (!is.has(file)) put(home, file);
  if (!is.has(link)) fs.symlinkSync("../../outside", path.join(home, link));
}

function all(home: string): string[] {
  return fs.readdirSync(home, { recursive: true, encoding: "utf8" }).sort();
}

/** What is there of a seat or stack of that name. */
const ofName = (name: string) => (file: string) => {
  const parts = file.split("/");
  return parts.includes(name) || parts.includes(`${name}.json`);
};

describe("options that name a stack or a seat", () => {
  it("are those of all commands, and each is read by the one reader", () => {
    expect(options.length).toBeGreaterThan(20);
    for (const { option, of } of options) expect(option.parseArg, `${of} ${option.long}`).toBeTypeOf("function");
  });

  it.each(["", " ", "..", ".", "/", "a/../b", "organization/other/a", "x".repeat(101), "a\n"])(
    "refuse %j, whichever command it is",
    (text) => {
      for (const { option, of } of options) {
        const refusal = given(option, text);
        expect(refusal, `${of} ${option.long}`).toMatchObject({
          name: "UserError",
          message: expect.stringContaining(`${option.long} `),
        });
      }
    },
  );

  it("take the spellings of one stack for one stack", () => {
    for (const { option, of } of options.filter(({ of }) => !of.startsWith("embedded")))
      expect(given(option, "organization/istio-lab/a"), of).toBe("a");
    vi.stubEnv("PULUMI_BACKEND_URL", "https://api.pulumi.com");
    expect(given(options.find(({ of }) => of === "down")!.option, "acme/a")).toBe("acme/istio-lab/a");
    expect(path.basename(configFile("acme/istio-lab/a"))).toBe("Pulumi.a.yaml");
  });

  it("take several names one after the other", () => {
    const { option } = options.find(({ of, option }) => of === "class destroy" && option.long === "--only")!;
    expect(option.parseArg!("b", option.parseArg!("a", undefined) as never)).toEqual(["a", "b"]);
  });
});

describe("no text makes a command remove or write outside its own seat's folders", () => {
  it("as a stack, with what down and class destroy take away", async () => {
    const { option } = options.find(({ of, option }) => of === "down" && option.long === "--stack")!;
    const folder = home;
    const before = grown(folder);
    await fc.assert(
      fc.asyncProperty(anyText(["a", "b", "organization/istio-lab/a"]), async (text) => {
        const name = given(option, text);
        // Whoever forgets the option's reader meets the same refusal at every path.
        const stack = name instanceof Error ? text : name;
        for (const take of [
          () => removeTraces(path.join(folder, "lab/state"), stack),
          () => removeKubeconfig(stack),
          () => forgetBackend(stack),
          () => noteBackend(stack),
        ])
          attempt(take);
        await attempt(async () => remove(seatFolderOf(stack)!, () => undefined));
        attempt(() => expect(path.dirname(configFile(stack))).toBe(projectRoot));
        const own = ofName(name instanceof Error ? "\0" : name);
        const after = all(folder);
        mend(folder, before, after);
        const [was, is] = [new Set(before), new Set(after)];
        expect(before.filter((file) => !own(file) && !is.has(file))).toEqual([]);
        expect(after.filter((file) => !own(file) && !was.has(file))).toEqual([]);
      }),
    );
  });

  it("as the folder of a seat that is to be removed, by any path", async () => {
    const root = home;
    const before = grown(root);
    await fc.assert(
      fc.asyncProperty(anyText(["a", "b", "notes", "link", "file"]), fc.boolean(), async (text, named) => {
        let folder: string | undefined;
        await attempt(async () => {
          folder = named ? seatFolder(text) : path.join(root, "lab/seats", text);
          await remove(folder, () => undefined);
        });
        const after = all(root);
        mend(root, before, after);
        const is = new Set(after);
        const gone = before.filter((file) => !is.has(file));
        const seat = ["a", "b"].find(
          (one) => folder !== undefined && path.resolve(folder) === path.join(root, "lab/seats", one),
        );
        expect(gone.filter((file) => seat === undefined || !`${file}/`.startsWith(`lab/seats/${seat}/`))).toEqual([]);
      }),
    );
  });
});

async function attempt(what: () => unknown): Promise<void> {
  try {
    await what();
  } catch {
    // refused: nothing may have changed
  }
}
