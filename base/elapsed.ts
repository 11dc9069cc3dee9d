/** Formats the time since `started` (milliseconds since the epoch): `4.2 s`, `3 min 07 s`. */
export function elapsed(started: number, now = Date.now()): string {
  const seconds = Math.round((now - started) / 100) / 10;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
}
