/** Whether this machine has a screen with a user. Linux needs a display; other systems are assumed to have one. */
export function hasBrowser({
  platform,
  env,
}: { platform: NodeJS.Platform; env: Readonly<Record<string, string | undefined>> } = process): boolean {
  if (env.CI) return false;
  // The user's own choice, in the variable that desktop programs read.
  if (env.BROWSER === "none") return false;
  return (
    platform === "darwin" ||
    platform === "win32" ||
    Boolean(env.DISPLAY) ||
    Boolean(env.WAYLAND_DISPLAY) ||
    Boolean(env.WSL_DISTRO_NAME)
  );
}

/** Opens a URL or a file in the browser. Errors are ignored, because the address is printed anyway. */
export async function openBrowser(url: string): Promise<void> {
  const { default: open } = await import("open");
  try {
    const started = await open(url);
    started.on("error", () => undefined);
  } catch {
    // There is a display but no program to open it.
  }
}
