import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findChromium } from "../../../cli/picture/chromium";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "picture-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** A folder of programs, and of files that are none. */
function programs(name: string, files: Readonly<Record<string, number>>): string {
  const made = path.join(folder, name);
  fs.mkdirSync(made);
  for (const [file, mode] of Object.entries(files))
    fs.writeFileSync(path.join(made, file), "#!/bin/sh\nexit 3\n", { mode });
  return made;
}
const empty = programs("empty", { chromium: 0o644 });
const one = programs("one", { "google-chrome": 0o755 });
const two = programs("two", { "chromium-headless-shell": 0o755, "google-chrome-stable": 0o755 });
fs.mkdirSync(path.join(empty, "google-chrome"));

describe("the browser of a picture", () => {
  it.each([
    ["the first kind that is there, in whatever folder", [empty, one, two], path.join(two, "chromium-headless-shell")],
    ["Chrome, where there is no Chromium", [empty, one], path.join(one, "google-chrome")],
    ["found beside an empty entry of PATH", ["", one], path.join(one, "google-chrome")],
  ])("is %s", (_, folders, file) => {
    expect(findChromium(undefined, "dev", { PATH: folders.join(path.delimiter) })).toBe(file);
  });

  it("is the one that is named", () => {
    expect(findChromium(path.join(two, "google-chrome-stable"), "dev", { PATH: one })).toBe(
      path.join(two, "google-chrome-stable"),
    );
  });

  it.each([path.join(empty, "chromium"), path.join(empty, "google-chrome"), path.join(folder, "none"), ""])(
    "is not what is named and is no program: %j",
    (named) => {
      expect(() => findChromium(named, "dev", { PATH: one })).toThrow(
        `--chromium ${named}: this is not a program. Name Chromium's or Chrome's file, such as /usr/bin/chromium.`,
      );
    },
  );

  it.each([
    ["embedded", "npm run picture -- --stack embedded --chromium FILE"],
    ["dev", "npm run picture -- --stack dev --chromium FILE"],
  ])("is missing with one message that says how to get one, for stack %s", (stack, command) => {
    for (const PATH of [empty, "", undefined]) {
      expect(() => findChromium(undefined, stack, { PATH })).toThrow(
        `No browser was found to take the picture: PATH has none of chromium, chromium-headless-shell, chromium-browser, google-chrome, google-chrome-stable. Debian's is installed by\n  apt-get install --yes chromium\nTo use one that is elsewhere:\n  ${command}`,
      );
    }
  });
});
