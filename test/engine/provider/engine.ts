import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { engineFolder } from "../../../cli/stack/engine";
import { cacheRoot, projectRoot } from "../../../base/paths";
import { installStandIn } from "../../../embedded/provider/install";
import { Call, parseCalls, recordings } from "./recording";

/** The seat's containerd holds this curl, the recorded cluster held that one. */
export const ourCurl = "docker.io/curlimages/curl:8.16.0";
export const recordedCurl = "docker.io/curlimages/curl:8.8.0";

const greetings = new Set(["Handshake", "GetPluginInfo", "Attach", "Cancel", "GetSchema", "SignalCancellation"]);

export interface Ran {
  exitCode: number;
  output: string;
  /** What the engine asked the provider. */
  calls: Call[];
}

/** A program as a project of its own, run by the real engine with the stand-in. */
export class Engine {
  private constructor(
    readonly root: string,
    private readonly env: Record<string, string>,
  ) {}

  /** @param folder the project beside this file; "program" gets the recorded program as its index.js. */
  static async create(kubeconfig: string, folder = "program"): Promise<Engine> {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-rec-"));
    const project = path.join(root, "project");
    fs.cpSync(path.join(__dirname, folder), project, { recursive: true });
    const program = folder === "program" ? path.join(recordings, "program.js.txt") : path.join(project, "index.js");
    fs.writeFileSync(
      path.join(project, "index.js"),
      fs.readFileSync(program, "utf8").replaceAll(recordedCurl, ourCurl),
    );
    const chart = path.join(project, "chart/templates/all.yaml");
    fs.writeFileSync(chart, fs.readFileSync(chart, "utf8").replaceAll(recordedCurl, ourCurl));
    fs.writeFileSync(path.join(project, "Pulumi.yaml"), "name: rec\nruntime: nodejs\nmain: index.js\n");
    fs.writeFileSync(path.join(project, "package.json"), "{}\n");
    fs.symlinkSync(path.join(projectRoot, "node_modules"), path.join(project, "node_modules"));
    const home = path.join(root, "home");
    fs.mkdirSync(path.join(root, "state"));
    await installStandIn(home);
    const binaries = engineFolder();
    if (!binaries) throw new Error("the Pulumi engine is not built: `npm run embedded -- build`");
    const env: Record<string, string> = {
      PATH: `${binaries}${path.delimiter}${process.env.PATH}`,
      HOME: root,
      PULUMI_HOME: home,
      PULUMI_BACKEND_URL: `file://${path.join(root, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      RECKUBE: kubeconfig,
      ISTIO_LAB_CACHE: cacheRoot(),
    };
    if (process.env.ISTIO_LAB_HELM) env.ISTIO_LAB_HELM = process.env.ISTIO_LAB_HELM;
    const engine = new Engine(root, env);
    await engine.ok("stack", "init", "rec");
    return engine;
  }

  async config(key: string, value: string): Promise<void> {
    await this.ok("config", "set", key, value);
  }

  async ok(...args: string[]): Promise<void> {
    const { exitCode, output } = await this.run(args);
    if (exitCode !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${exitCode}:\n${output}`);
  }

  async run(args: string[], env: Record<string, string> = {}): Promise<Ran> {
    const log = path.join(this.root, "grpc.jsonl");
    fs.rmSync(log, { force: true });
    const { exitCode, all } = await this.start(args, { ...env, PULUMI_DEBUG_GRPC: log });
    const prefix = "/pulumirpc.ResourceProvider/";
    const calls = fs.existsSync(log) ? parseCalls(fs.readFileSync(log, "utf8")) : [];
    // The log has a line when a call starts and one when it ends, and the recordings leave out the greetings.
    const ours = calls
      .filter((c) => c.method.startsWith(prefix) && c.progress !== "request_started")
      .map((c) => ({ ...c, method: c.method.slice(prefix.length) }));
    return { exitCode: exitCode ?? 1, output: all ?? "", calls: ours.filter((c) => !greetings.has(c.method)) };
  }

  /** Runs in a process group of its own, so that a test can kill all of it. */
  start(args: string[], env: Record<string, string> = {}) {
    return execa("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: path.join(this.root, "project"),
      env: { ...this.env, ...env },
      extendEnv: false,
      all: true,
      reject: false,
      stdin: "ignore",
      detached: true,
    });
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}
