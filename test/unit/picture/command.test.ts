import { expect, it } from "vitest";
import { picture } from "../../../cli/commands/picture";

it.each([
  ["another kind of file", { output: "kiali.svg" }, "--output kiali.svg: must end with .png."],
  [
    "a folder that is not there",
    { output: "/nowhere/kiali.png" },
    "--output /nowhere/kiali.png: folder /nowhere does not exist.",
  ],
  [
    "a browser that is none",
    { chromium: "/nowhere/chromium" },
    "--chromium /nowhere/chromium: this is not a program. Name Chromium's or Chrome's file, such as /usr/bin/chromium.",
  ],
])("a picture is refused at once for %s", async (_, options, message) => {
  await expect(picture({ stack: "embedded", ...options })).rejects.toThrow(message);
});
