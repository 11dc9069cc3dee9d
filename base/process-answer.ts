/**
 * Whose the process of this number is, by a signal that does nothing (kill(2)): for systems without /proc. It says nothing of when the process began, so
 * another one may have got the number.
 */
export function processAnswer(pid: number): "this user's" | "another user's" | "none" {
  try {
    process.kill(pid, 0);
    return "this user's";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH" ? "none" : "another user's";
  }
}
