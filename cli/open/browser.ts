/** Whether somebody sits before a screen of this machine: on Linux a display says so, elsewhere it is taken for granted. */
export function hasBrowser({
  platform,
  env,
}: { platform: NodeJS.Platform; env: Readonly<Record<string, string | undefined>> } = process): boolean {
  if (env.CI) return false;
  // A user's own choice, by what desktop programs go by.
  if (env.BROWSER === "none") return false;
  return (
    platform === "darwin" ||
    platform === "win32" ||
    Boolean(env.DISPLAY) ||
    Boolean(env.WAYLAND_DISPLAY) ||
    Boolean(env.WSL_DISTRO_NAME)
  );
}

/** Opens a URL, or a file, in the browser. What goes wrong is no failure: where it is, is printed anyway. */
export async function openBrowser(url: string): Promise<void> {
  const { default: open } = await import("open");
  try {
    const started = await open(url);
    started.on("error", () => undefined);
  } catch {
    // There is a display, and no program for it.
  }
}
