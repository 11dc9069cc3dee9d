import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa, execaSync } from "execa";
import { parse, stringify } from "yaml";
import { generationIn } from "../../../components/cluster/minikube/marker";
import { cacheRoot, projectRoot } from "../../../base/paths";
import { Checkout, userEnvironment, type Ended } from "../../support/checkout";
import type { Kept } from "./machines";

const bin = path.join(projectRoot, "test/rehearsal/minikube/bin");
const usersOwn =
  "apiVersion: v1\nkind: Config\nclusters: [{name: work, cluster: {server: 'https://work.invalid'}}]\ncontexts: [{name: work, context: {cluster: work}}]\ncurrent-context: work\n";

/** A checkout of a user with a home of their own, a kubeconfig in it and another in KUBECONFIG, and the stand-ins of minikube and docker on PATH. */
export class MinikubeLab {
  readonly checkout: Checkout;
  private readonly env: Record<string, string>;

  private constructor(
    bare: Checkout,
    readonly home: string,
    docker: "near" | "apart",
  ) {
    const [modules, cache] = execaSync("go", ["env", "GOMODCACHE", "GOCACHE"]).stdout.split("\n") as [string, string];
    this.env = {
      HOME: home,
      KUBECONFIG: path.join(home, "work"),
      PATH: `${bin}${path.delimiter}${process.env.PATH}`,
      STAND_IN_HOME: path.join(home, "minikube"),
      STAND_IN_DOCKER: docker,
      MINIKUBE_FORCE: "true",
      ISTIO_LAB_CACHE: cacheRoot(),
      GOMODCACHE: modules,
      GOCACHE: cache,
    };
    this.checkout = bare.under({ env: this.env });
  }

  /** @param docker how the stand-in for Docker is: beside this machine, or apart as Docker Desktop is. */
  static async create(docker: "near" | "apart"): Promise<MinikubeLab> {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-home-"));
    for (const folder of [".kube", "minikube"]) fs.mkdirSync(path.join(home, folder));
    for (const file of [".kube/config", "work"]) fs.writeFileSync(path.join(home, file), usersOwn);
    return new MinikubeLab(await Checkout.create(), home, docker);
  }

  /** Sets the config of stack dev: that of the embedded seat, whose images stand behind the stand-in, with target minikube and `keys`. */
  configure(keys: Record<string, unknown>): void {
    const { config } = parse(fs.readFileSync(path.join(this.checkout.root, "Pulumi.embedded.yaml"), "utf8")) as {
      config: Record<string, unknown>;
    };
    const own = Object.fromEntries(
      Object.entries({ target: "minikube", ...keys }).map(([key, value]) => [`istio-lab:${key}`, value]),
    );
    const file = path.join(this.checkout.root, "Pulumi.dev.yaml");
    const salt = fs.existsSync(file)
      ? (parse(fs.readFileSync(file, "utf8")) as { encryptionsalt?: string }).encryptionsalt
      : undefined;
    fs.writeFileSync(
      file,
      stringify({ ...(salt && { encryptionsalt: salt }), config: { ...config, "istio-lab:canary": {}, ...own } }),
    );
  }

  up = (): Promise<Ended> => this.checkout.ok("up", "--stack", "dev");
  preview = (): Promise<Ended> => this.checkout.ok("pulumi", "preview", "--stack", "dev", "--non-interactive");

  /** minikube, as the user runs it at the keyboard. */
  minikube = async (...args: string[]): Promise<string> =>
    (
      await execa(path.join(bin, "minikube"), args, {
        env: { ...userEnvironment(), ...this.env },
        extendEnv: false,
        cwd: this.home,
      })
    ).stdout;

  /** What minikube was asked since the last time this was, without questions; the marks of generations are left out. */
  asked(): string[] {
    const file = path.join(this.home, "minikube", "calls.jsonl");
    if (!fs.existsSync(file)) return [];
    const calls = fs
      .readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { args: string[]; kubeconfig: string | null });
    fs.rmSync(file);
    for (const { args, kubeconfig } of calls) {
      const allowed = ["start", "stop", "delete", "status"].includes(args[0]!) ? this.kubeconfig : "/dev/null";
      if (kubeconfig !== allowed && kubeconfig !== this.env.KUBECONFIG)
        throw new Error(`minikube ${args.join(" ")} was given the kubeconfig ${kubeconfig}`);
    }
    return calls
      .filter(({ args }) => ["start", "stop", "delete"].includes(args[0]!))
      .map(({ args }) => args.filter((arg) => !arg.startsWith("--apiserver-names")).join(" "));
  }

  profiles(): Kept[] {
    const folder = path.join(this.home, "minikube", "profiles");
    return fs.existsSync(folder)
      ? fs.readdirSync(folder).map((file) => JSON.parse(fs.readFileSync(path.join(folder, file), "utf8")) as Kept)
      : [];
  }

  /** The names of the stand-in docker's networks. */
  networks(): string[] {
    const folder = path.join(this.home, "minikube", "networks");
    return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  }

  /** The stand-in docker removes no network while this is on. */
  holdNetworks(isOn: boolean): void {
    const file = path.join(this.home, "minikube", "hold");
    if (isOn) fs.writeFileSync(file, "");
    else fs.rmSync(file, { force: true });
  }

  /** The generation that the only profile is marked with. */
  get generation(): string | undefined {
    return generationIn(this.profiles()[0]?.Config.KubernetesConfig.APIServerNames ?? []);
  }

  /** The program's own kubeconfig. */
  get kubeconfig(): string {
    return path.join(this.checkout.root, ".lab", "minikube", "istio-lab-dev", "kubeconfig");
  }

  /** Whether the user's kubeconfigs, and with them their current context, are what they were. */
  isUsersOwnUntouched(): boolean {
    return [".kube/config", "work"].every((file) => fs.readFileSync(path.join(this.home, file), "utf8") === usersOwn);
  }

  /** Undoes what the user did to their own kubeconfig by calling minikube themselves. */
  restoreUsersOwn(): void {
    fs.writeFileSync(path.join(this.home, "work"), usersOwn);
  }

  async remove(): Promise<void> {
    for (const { Name } of this.profiles()) await this.minikube("delete", `--profile=${Name}`);
    await this.checkout.remove();
    fs.rmSync(this.home, { recursive: true, force: true });
  }
}
