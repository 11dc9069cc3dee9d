import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, beforeEach, expect, it } from "vitest";
import { mergedKubeconfig, requireSecretFile, writeSecret } from "../../../../cli/class/cards/card";
import { needs, withoutOwnProcess } from "../../../support/needs";

let folder: string;
let file: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "secrets-"));
  file = path.join(folder, "class.kubeconfig");
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const modeOf = (name: string) => (fs.statSync(name).mode & 0o777).toString(8);
const kubeconfig = (server: string, token: string) =>
  `{"current-context":"b","contexts":[{"name":"a","context":{"cluster":"other","user":"other"}},{"name":"b","context":{"cluster":"here","user":"me","namespace":"blog"}}],` +
  `"clusters":[{"name":"other","cluster":{"server":"https://other"}},{"name":"here","cluster":{"server":"${server}","certificate-authority-data":"Q0E="}}],` +
  `"users":[{"name":"other","user":{"token":"not-handed-out"}},{"name":"me","user":{"token":"${token}"}}]}`;

it("is for this user alone, whatever the umask, and leaves no draft", needs(withoutOwnProcess), () => {
  const before = process.umask(0);
  try {
    writeSecret(file, "one");
    writeSecret(file, "two");
  } finally {
    process.umask(before);
  }
  expect(modeOf(file)).toBe("600");
  expect(fs.readFileSync(file, "utf8")).toBe("two");
  expect(fs.readdirSync(folder)).toEqual(["class.kubeconfig"]);
});

it.each([0o644, 0o640, 0o604, 0o620])("refuses a file that exists with mode %o, and leaves it", (mode) => {
  fs.writeFileSync(file, "before");
  fs.chmodSync(file, mode);
  expect(() => requireSecretFile(file)).toThrow(
    `exists with mode 0${mode.toString(8)}: others can read it. Run \`chmod 600 ${file}\` first`,
  );
  expect(() => writeSecret(file, "secret")).toThrow("others can read it");
  expect(fs.readFileSync(file, "utf8")).toBe("before");
});

it("refuses a link and a folder: the secret would be elsewhere than where it was asked for", () => {
  fs.writeFileSync(path.join(folder, "wide"), "", { mode: 0o600 });
  fs.symlinkSync("wide", file);
  expect(() => writeSecret(file, "secret")).toThrow("is not a regular file");
  expect(() => requireSecretFile(folder)).toThrow("is not a regular file");
});

it("has a context a seat, of its kubeconfig's current one alone", () => {
  const text = mergedKubeconfig(
    new Map([
      ["seat-1", kubeconfig("https://10.231.0.2:6443", "t1")],
      ["seat-2", kubeconfig("https://10.231.0.6:6443", "t2")],
    ]),
  );
  const merged = new KubeConfig();
  merged.loadFromString(text);
  expect(merged.getContexts().map(({ name, namespace }) => [name, namespace])).toEqual([
    ["seat-1", "blog"],
    ["seat-2", "blog"],
  ]);
  merged.setCurrentContext("seat-2");
  expect([merged.getCurrentCluster()!.server, merged.getCurrentUser()!.token]).toEqual([
    "https://10.231.0.6:6443",
    "t2",
  ]);
  expect(text).not.toContain("not-handed-out");
  expect(text).toMatch(/^# Secret/);
  expect(text).toContain('current-context: ""');
});

it("says whose kubeconfig cannot be used", () => {
  expect(() => mergedKubeconfig(new Map([["seat-1", "{}"]]))).toThrow(
    "The kubeconfig of seat seat-1 has no current context",
  );
});
