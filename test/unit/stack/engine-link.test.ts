import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { engineRoot, putLink } from "../../../cli/stack/engine";

let home: string;
let link: string;
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-home-"));
  link = path.join(engineRoot(path.join(home, ".pulumi")), "bin");
  fs.mkdirSync(path.dirname(link), { recursive: true });
});
afterEach(() => fs.rmSync(home, { recursive: true }));

const built = (key: string) => path.join(home, "cache", "engine", `pulumi-${key}+pulumi-language-nodejs-${key}`);

it.each([
  ["a link to an older engine of this program is turned to the new one", () => built("0a"), () => built("1b")],
  [
    "a link to elsewhere is the user's, and stays",
    () => path.join(home, "of-the-user"),
    () => path.join(home, "of-the-user"),
  ],
])("%s", (_, before, after) => {
  fs.symlinkSync(before(), link);
  putLink(link, built("1b"));
  expect(fs.readlinkSync(link)).toBe(after());
});

it("the first engine gets a link, in a folder that is made for it", () => {
  fs.rmSync(path.dirname(link), { recursive: true });
  putLink(link, built("1b"));
  expect(fs.readlinkSync(link)).toBe(built("1b"));
});
