import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { engineFolder } from "../../../cli/stack/engine";
import { projectRoot } from "../../../base/paths";
import { installStandIn } from "../../../embedded/provider/install";
import { Checkout, userEnvironment } from "../../support/checkout";
import type { Machine } from "./machine";
import { writeStackFile } from "./stack-file";

/**
 * A clone whose user has a Pulumi of their own, and runs no script of this project. What Pulumi and Helm would load from the internet lies where they look: the
 * Kubernetes provider, which is the stand-in, and Istio's charts.
 */
export class OwnPulumi {
  private readonly env: Record<string, string>;

  private constructor(
    readonly root: string,
    private readonly home: string,
    private readonly machine: Machine,
  ) {
    const own = {
      PULUMI_HOME: path.join(home, "pulumi"),
      PULUMI_CONFIG_PASSPHRASE: "one of mine",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    this.env = {
      ...userEnvironment(),
      ...machine.env,
      ...own,
      PATH: [engineFolder(), machine.env.PATH].join(path.delimiter),
    };
  }

  static async create(machine: Machine): Promise<OwnPulumi> {
    const { root } = await Checkout.create("missing", machine.within("checkout-"));
    const home = fs.mkdtempSync(machine.within("own-"));
    fs.mkdirSync(path.join(home, "state"));
    await installStandIn(path.join(home, "pulumi"));
    fs.cpSync(path.join(projectRoot, ".lab", "charts"), path.join(root, "charts"), { recursive: true });
    writeStackFile(root, { chartRepository: "charts" });
    return new OwnPulumi(root, home, machine);
  }

  get backend(): string {
    return `file://${path.join(this.home, "state")}`;
  }

  get kubeconfig(): string {
    return path.join(this.root, ".lab", "minikube", "istio-lab-dev", "kubeconfig");
  }

  /** `npm ci`, which is the only thing that leaves the machine. */
  async install(): Promise<void> {
    await execa("npm", ["ci"], { cwd: this.root, env: this.env, extendEnv: false, stdin: "ignore" });
  }

  /** `pulumi ARGUMENTS`, as typed, where there is no terminal. @throws with all that it printed */
  async pulumi(...args: string[]): Promise<string> {
    const { all, exitCode } = await this.run("pulumi", args);
    if (exitCode !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${exitCode}:\n${all}`);
    return all;
  }

  /** The status with which a page answers; 000 where nothing does. */
  async statusOf(url: string): Promise<string> {
    return (await this.run("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "10", url])).all;
  }

  private async run(program: string, args: string[]): Promise<{ all: string; exitCode?: number }> {
    const [file, ...before] = [...this.machine.under, program];
    return execa(file!, [...before, ...args], {
      cwd: this.root,
      env: this.env,
      extendEnv: false,
      reject: false,
      all: true,
      stdin: "ignore",
    });
  }
}
