import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createWhole, draftIn, isDraft, writeWhole } from "../../../base/files";
import { projectRoot } from "../../../base/paths";
import { compiled } from "../../support/compiled";

let folder: string;
beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-files-"))));
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(folder, { recursive: true });
});
const at = (name: string) => path.join(folder, name);

let code: string;
beforeAll(() => void (code = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-files-code-"))));
afterAll(() => fs.rmSync(code, { recursive: true }));

/** Runs a script in so many processes at once; it calls what the module exports. */
async function inProcesses(count: number, script: string, module = "base/files"): Promise<{ stdout: string }[]> {
  const file = await compiled(code, `Object.assign(globalThis, require("./${module}")); ${script}`);
  return Promise.all(
    Array.from({ length: count }, () => promisify(execFile)(process.execPath, [file], { cwd: projectRoot })),
  );
}

describe("a file that is written whole", () => {
  it("is one writer's at every moment, whichever processes write it at once", async () => {
    let ended = false;
    const texts = ["a", "b"].map((letter) => letter.repeat(100_000));
    fs.writeFileSync(at("file"), texts[0]!);
    const writers = inProcesses(
      2,
      `for (let i = 0; i < 100; i++) writeWhole(${JSON.stringify(at("file"))}, "ab"[i % 2].repeat(100000), 0o600);`,
    ).finally(() => (ended = true));
    while (!ended) {
      expect(texts).toContain(fs.readFileSync(at("file"), "utf8"));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await writers;
    expect(fs.readdirSync(folder)).toEqual(["file"]);
    expect(fs.statSync(at("file")).mode & 0o777).toBe(0o600);
  });

  it("is a kubeconfig too, where two commands ask for it at once", async () => {
    // So long that both are at it at once.
    fs.writeFileSync(at("pulumi"), "#!/bin/sh\nhead -c 1000000 /dev/zero | tr '\\000' k\n", { mode: 0o755 });
    vi.stubEnv("ISTIO_LAB_HOME", at("lab"));
    const env = JSON.stringify({ PATH: `${folder}${path.delimiter}${process.env.PATH}` });
    const asked = await inProcesses(
      2,
      `Promise.all(Array.from({ length: 4 }, () => kubeconfigIfThere({ env: ${env} }, "x"))).then((files) => console.log([...new Set(files)].join()));`,
      "cli/stack/kubeconfig",
    );
    expect(asked.map(({ stdout }) => stdout.trim())).toEqual(Array(2).fill(at("lab/kubeconfig/x")));
    expect(fs.readdirSync(at("lab/kubeconfig"))).toEqual(["x"]);
    expect(fs.readFileSync(at("lab/kubeconfig/x"), "utf8")).toBe(`${"k".repeat(1_000_000)}\n`);
    expect(fs.statSync(at("lab/kubeconfig/x")).mode & 0o777).toBe(0o600);
  });

  it("leaves no draft behind where it cannot take its place, and the longest name is none too long", () => {
    fs.mkdirSync(at("taken/by"), { recursive: true });
    expect(() => writeWhole(at("taken"), "")).toThrow();
    writeWhole(at("n".repeat(255)), "");
    expect(fs.readdirSync(folder)).toEqual(["n".repeat(255), "taken"]);
  });
});

it("a file that is made once is the first one's: of many at once, one has made it", async () => {
  const made = await inProcesses(
    4,
    `console.log(createWhole(${JSON.stringify(at("once"))}, String(process.pid), 0o600))`,
  );
  expect(made.map(({ stdout }) => stdout.trim()).sort()).toEqual(["false", "false", "false", "true"]);
  expect(createWhole(at("once"), "again", 0o600)).toBe(false);
  expect(fs.readdirSync(folder)).toEqual(["once"]);
});

describe("drafts", () => {
  it("that a killed run left go by their age, their owner and their process; what lives, is young, is somebody else's or has another name stays", () => {
    const name = (pid: number) => `.istio-lab-${pid}-0123456789ab.draft`;
    const [gone, young, living, strangers, other] = [
      at(name(4194304)),
      at(name(4194303)),
      at(name(process.pid)),
      at(name(4194302)),
      at(".istio-lab-4194304-notes.draft"),
    ] as const;
    for (const file of [gone, young, living, strangers, other]) fs.writeFileSync(file, "");
    for (const file of [gone, living, strangers, other]) fs.utimesSync(file, 0, 0);
    const isRoot = process.geteuid!() === 0;
    if (isRoot) fs.chownSync(strangers, 65534, 65534);
    else fs.rmSync(strangers);
    draftIn(folder);
    expect(fs.readdirSync(folder).sort()).toEqual(
      [young, living, other, ...(isRoot ? [strangers] : [])].map((file) => path.basename(file)).sort(),
    );
    expect(isDraft(path.basename(draftIn(folder)))).toBe(true);
  });

  it("have their names in one place: no other code writes a file and renames it", () => {
    const sources = ["base", "cli", "components", "embedded", "kube", "launch"].flatMap((root) =>
      (fs.readdirSync(path.join(projectRoot, root), { recursive: true }) as string[]).map((file) =>
        path.join(root, file),
      ),
    );
    const renaming = sources
      .filter(
        (file) =>
          /\.(ts|mjs|cjs)$/.test(file) &&
          /\brename(Sync)?\(/.test(fs.readFileSync(path.join(projectRoot, file), "utf8")),
      )
      .sort();
    expect(renaming).toEqual([
      "base/files.ts",
      "cli/class/cards/text/package-fonts.ts", // a folder of mkdtemp
      "cli/stack/engine.ts", // a folder, a draft of base/files.ts
      "embedded/images/store/make.ts", // within a scratch folder
      "embedded/provider/launch.cjs", // plain JavaScript, with a name of its own
      "embedded/toolchain/envoy.ts", // within a scratch folder
      "embedded/toolchain/place.ts", // folders
      "embedded/toolchain/policy.ts", // the machine's own policy, put aside
      "launch/bundle.cjs", // plain JavaScript, within a folder of mkdtemp
    ]);
  });
});
