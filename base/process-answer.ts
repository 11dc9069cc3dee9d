/**
 * Finds a process's owner by signal 0 (kill(2)), for systems without /proc. The number may have been reused, because
 * the signal does not tell when the process started.
 */
export function processAnswer(pid: number): "this user's" | "another user's" | "none" {
  try {
    process.kill(pid, 0);
    return "this user's";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH" ? "none" : "another user's";
  }
}
