import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { forgetCheckout, noteCheckout } from "../test/support/made-checkouts";
import { timed, type Command, type Ran } from "./run";
import type { Subject } from "./subject";

/** The files of a Pulumi program in JavaScript that makes nothing. */
const FILES = {
  "Pulumi.yaml": "name: empty\nruntime: nodejs\ndescription: Makes nothing.\n",
  "package.json": '{ "name": "empty", "version": "0.1.0", "private": true, "main": "index.js" }\n',
  "index.js": '"use strict";\n',
};

/** What Pulumi itself takes on this machine: a program that makes nothing, with the engine and the SDK of a subject. */
export class EmptyProgram {
  private constructor(
    private readonly root: string,
    private readonly env: Record<string, string>,
    private readonly signal: AbortSignal,
  ) {}

  static async create(subject: Subject, signal: AbortSignal): Promise<EmptyProgram> {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-bench-"));
    noteCheckout(root);
    for (const [name, text] of Object.entries(FILES)) fs.writeFileSync(path.join(root, name), text);
    fs.symlinkSync(path.join(subject.lab.root, "node_modules"), path.join(root, "node_modules"));
    const program = new EmptyProgram(root, await subject.env(), signal);
    await program.pulumi(["stack", "init", "empty"]);
    await program.pulumi(["up", "--yes", "--skip-preview"]);
    return program;
  }

  pulumi(args: readonly string[], more: Partial<Command> = {}): Promise<Ran> {
    const words = [...args, ...(args.includes("init") ? [] : ["--stack", "empty"]), "--non-interactive"];
    return timed({ file: "pulumi", args: words, cwd: this.root, env: this.env, signal: this.signal, ...more });
  }

  remove(): void {
    forgetCheckout(this.root);
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}
