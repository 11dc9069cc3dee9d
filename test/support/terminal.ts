import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";

/** A shell that stays open like a person's, so that later commands see what earlier ones set. */
export class Terminal {
  private readonly shell: ChildProcess;
  private printed = "";
  private wake = () => {};

  /** @param under a program that runs the shell, with its arguments (`nsenter …`) */
  constructor(folder: string, env: Record<string, string>, under: readonly string[] = []) {
    const [program, ...args] = [...under, "bash", "--noprofile", "--norc"];
    this.shell = spawn(program!, args, { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"], detached: true });
    for (const stream of [this.shell.stdout!, this.shell.stderr!]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.printed += text;
        this.wake();
      });
    }
    this.shell.on("exit", () => this.wake());
    this.shell.stdin!.write("exec 2>&1\n");
  }

  /**
   * Runs the commands. Returns everything printed, and the last command's exit code. @throws when they take longer
   * than `seconds`, or end the shell
   */
  async run(commands: string, seconds: number): Promise<{ printed: string; exitCode: number }> {
    const mark = randomUUID();
    this.printed = "";
    // The commands are sourced with a separate input. Otherwise a command that reads its input would swallow the
    // commands after it.
    const quoted = commands.replace(/'/g, `'\\''`);
    this.shell.stdin!.write(`. <(printf '%s\\n' '${quoted}') </dev/null; printf '\\n${mark} %d\\n' $?\n`);
    const end = new RegExp(`\\n${mark} (\\d+)\\n`);
    const late = Date.now() + seconds * 1000;
    for (;;) {
      const found = end.exec(this.printed);
      if (found) return { printed: this.printed.slice(0, found.index), exitCode: Number(found[1]) };
      if (this.shell.exitCode !== null || this.shell.signalCode !== null)
        throw new Error(`the shell ended:\n${this.printed}`);
      const left = late - Date.now();
      if (left <= 0) throw new Error(`not done within ${seconds} s:\n${this.printed}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.wake = () => (clearTimeout(timer), resolve());
      });
    }
  }

  /** Ends the shell and everything it left running. */
  close(): void {
    if (this.shell.exitCode !== null || this.shell.signalCode !== null) return;
    process.kill(-this.shell.pid!, "SIGKILL");
  }
}
