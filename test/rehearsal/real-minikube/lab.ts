import * as path from "node:path";
import { execa, execaSync } from "execa";
import { cacheRoot } from "../../../base/paths";
import { Checkout, userEnvironment, type Ended } from "../../support/checkout";
import { Terminal } from "../../support/terminal";
import type { Machine } from "./machine";
import { writeStackFile } from "./stack-file";

/** A checkout of a user whose machine has a real minikube and a real Docker. */
export class RealLab {
  readonly checkout: Checkout;
  private readonly env: Record<string, string>;

  private constructor(
    bare: Checkout,
    readonly machine: Machine,
  ) {
    const [modules, cache] = execaSync("go", ["env", "GOMODCACHE", "GOCACHE"]).stdout.split("\n") as [string, string];
    this.env = { ...machine.env, ISTIO_LAB_CACHE: cacheRoot(), GOMODCACHE: modules, GOCACHE: cache };
    this.checkout = bare.under({ under: machine.under, env: this.env });
  }

  static async create(machine: Machine): Promise<RealLab> {
    const lab = new RealLab(await Checkout.create("installed", machine.within("checkout-")), machine);
    writeStackFile(lab.checkout.root);
    return lab;
  }

  up = (): Promise<Ended> => this.checkout.ok("up", "--stack", "dev");
  preview = (): Promise<Ended> => this.checkout.ok("pulumi", "preview", "--stack", "dev", "--non-interactive");

  get kubeconfig(): string {
    return path.join(this.checkout.root, ".lab", "minikube", "istio-lab-dev", "kubeconfig");
  }

  /** A shell of the user's. */
  terminal = (): Terminal =>
    new Terminal(this.checkout.root, { ...userEnvironment(), ...this.env }, this.machine.under);

  /** minikube, as the user runs it by the line that `up` prints. */
  minikube = (...args: string[]): Promise<string> => this.machine.minikube(this.kubeconfig, ...args);

  /** The status with which the gateway answers, asked once. */
  async statusOf(urlPath: string): Promise<string> {
    const url = `${await this.checkout.output("GATEWAY_URL")}${urlPath}`;
    const [file, ...args] = [
      ...this.machine.under,
      "curl",
      "-s",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      "--max-time",
      "10",
      url,
    ];
    return (await execa(file!, args, { env: { ...userEnvironment(), ...this.env }, extendEnv: false, reject: false }))
      .stdout;
  }
}
