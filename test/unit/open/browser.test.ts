import { describe, expect, it } from "vitest";
import { hasBrowser } from "../../../cli/open/open";

describe("a browser", () => {
  it.each([
    ["on Linux with X", "linux", { DISPLAY: ":0" }, true],
    ["on Linux with Wayland", "linux", { WAYLAND_DISPLAY: "wayland-0" }, true],
    ["in Windows' Linux", "linux", { WSL_DISTRO_NAME: "Debian" }, true],
    ["on Linux without a display", "linux", {}, false],
    ["on a Mac", "darwin", {}, true],
    ["on Windows", "win32", {}, true],
    ["in CI", "darwin", { CI: "true" }, false],
    ["that the user wants not to be opened", "linux", { DISPLAY: ":0", BROWSER: "none" }, false],
  ] as const)("%s", (_, platform, env, there) => {
    expect(hasBrowser({ platform, env })).toBe(there);
  });
});
