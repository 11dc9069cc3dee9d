import * as fs from "node:fs";
import { writeWhole } from "../../base/files";

const mark = "# istio-lab: while packages are installed, none of their services is started";

/**
 * Debian starts a service when its package is installed, unless /usr/sbin/policy-rc.d forbids it (exit 101,
 * invoke-rc.d(8)). A policy of the machine itself is set aside and restored, even if a killed run had set it aside.
 */
export class NoServiceStarts {
  constructor(private readonly file = "/usr/sbin/policy-rc.d") {}

  /** Whether a killed run left its policy behind. */
  isLeft(): boolean {
    return fs.existsSync(this.file) && fs.readFileSync(this.file, "utf8").includes(mark);
  }

  begin(): void {
    if (this.isLeft()) return; // the machine's own policy is already set aside
    if (fs.existsSync(this.file)) {
      if (fs.existsSync(this.aside))
        throw new Error(
          `${this.file} and ${this.aside} both exist, and neither is this program's. Only you can tell which one counts. Move the other away.`,
        );
      fs.renameSync(this.file, this.aside);
    }
    writeWhole(this.file, `#!/bin/sh\n${mark}\nexit 101\n`, 0o755);
  }

  end(): void {
    // A policy that somebody has written since then stays, and the earlier one stays beside it.
    if (fs.existsSync(this.file) && !this.isLeft()) return;
    if (fs.existsSync(this.aside)) fs.renameSync(this.aside, this.file);
    else fs.rmSync(this.file, { force: true });
  }

  private get aside(): string {
    return `${this.file}.before-istio-lab`;
  }
}
