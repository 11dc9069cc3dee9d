import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { parse } from "yaml";
import type { KubeConfig } from "../../../kube";
import { binary } from "../../toolchain";
import { Bag } from "../wire";

/** Runs helm against one cluster. */
export class Helm {
  private descriptor?: number;

  /** @param binary returns helm's path; called when helm is first needed. */
  constructor(
    private readonly kubeconfig: KubeConfig,
    private readonly binary: () => string,
    private readonly cancelled: AbortSignal,
  ) {}

  /** Installs or upgrades a release. */
  async deploy(verb: "install" | "upgrade", r: Bag): Promise<void> {
    const flags = [verb, r.name, ...chartArgs(r), "--namespace", r.namespace, "--values", "-"];
    const on = (flag: string, when: unknown): void => void (when && flags.push(flag));
    if (!r.skipAwait) flags.push("--wait", "--timeout", `${r.timeout || 300}s`);
    on("--wait-for-jobs", !r.skipAwait && r.waitForJobs);
    on("--atomic", r.atomic);
    on("--skip-crds", r.skipCrds);
    on("--render-subchart-notes", r.renderSubchartNotes);
    on("--disable-openapi-validation", r.disableOpenapiValidation);
    on("--dependency-update", r.dependencyUpdate);
    if (r.description) flags.push("--description", r.description);
    if (r.postrender) flags.push("--post-renderer", r.postrender);
    if (verb === "install") {
      on("--create-namespace", r.createNamespace);
      on("--replace", r.replace);
      on("--no-hooks", r.disableWebhooks);
    } else {
      on("--force", r.forceUpdate);
      on("--reset-values", r.resetValues);
      on("--reuse-values", r.reuseValues);
      on("--cleanup-on-fail", r.cleanupOnFail);
      on("--no-hooks", r.disableCRDHooks);
      flags.push("--history-max", String(r.maxHistory ?? 0));
    }
    await this.run(flags, JSON.stringify(r.values ?? {}));
  }

  /** Uninstalls a release. Returns helm's message about objects that their resource policy keeps, or an empty text. */
  async uninstall(r: Bag): Promise<string> {
    const wait = r.atomic || !r.skipAwait ? ["--wait", "--timeout", `${r.timeout || 300}s`] : [];
    const said = await this.run(["uninstall", r.name, "--namespace", r.namespace, "--ignore-not-found", ...wait]);
    return /These resources were kept due to the resource policy:\n(\[.*\n?)*/.exec(said)?.[0] ?? "";
  }

  /** The version in the chart's Chart.yaml. A local folder is read directly. */
  async chartVersion(r: Bag): Promise<string> {
    const file = resolve(r.chart, "Chart.yaml");
    const text =
      !r.repositoryOpts?.repo && existsSync(file)
        ? readFileSync(file, "utf8")
        : await this.run(["show", "chart", ...chartArgs(r)]);
    return String((parse(text) as Bag).version);
  }

  private run(args: string[], stdin = ""): Promise<string> {
    return new Promise((resolve, reject) => {
      const env = { ...process.env, KUBECONFIG: "/proc/self/fd/3" };
      const stdio = ["pipe", "pipe", "pipe", this.kubeconfigDescriptor()] as const;
      const helm = spawn(this.binary(), args, { env, stdio: [...stdio] }) as ChildProcessWithoutNullStreams;
      let out = "";
      let err = "";
      helm.stdout.setEncoding("utf8").on("data", (s: string) => (out += s));
      helm.stderr.setEncoding("utf8").on("data", (s: string) => (err += s));
      // On an interrupt, helm marks the release as failed instead of leaving it pending.
      const interrupt = (): void => void helm.kill("SIGINT");
      this.cancelled.addEventListener("abort", interrupt, { once: true });
      helm.on("error", reject);
      helm.on("close", (code) => {
        this.cancelled.removeEventListener("abort", interrupt);
        if (code === 0) resolve(out);
        else reject(new Error(complaint(err) || `helm ${args[0]} ended with ${code}`));
      });
      helm.stdin.on("error", () => undefined);
      helm.stdin.end(stdin);
    });
  }

  /**
   * A descriptor of a deleted file with the kubeconfig. helm reads it through the descriptor, and nothing is left
   * however this process ends.
   */
  private kubeconfigDescriptor(): number {
    if (this.descriptor === undefined) {
      const file = join(tmpdir(), `istio-lab-helm-${process.pid}-${randomUUID()}`);
      this.descriptor = openSync(file, "wx+", 0o600);
      unlinkSync(file);
      writeSync(this.descriptor, this.kubeconfig.exportConfig());
    }
    return this.descriptor;
  }
  /** Closes the kubeconfig that helm was given. */
  dispose(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }
}

function chartArgs(r: Bag): string[] {
  const { repo, username, password, certFile, keyFile, caFile } = r.repositoryOpts ?? {};
  const args: string[] = [];
  const give = (flag: string, value: unknown): void => void (value && args.push(flag, String(value)));
  const oci = String(r.chart).startsWith("oci://");
  const isUrl = /^[a-z]+:\/\//.test(repo ?? "");
  args.push(repo && !isUrl && !oci && !r.chart.includes("/") ? `${repo}/${r.chart}` : r.chart);
  if (isUrl && !oci) give("--repo", repo);
  // For a local folder, helm ignores the version. For any other chart, the version selects the release.
  give("--version", r.version || (r.devel ? ">0.0.0-0" : ""));
  give("--username", username);
  give("--password", password);
  give("--cert-file", certFile);
  give("--key-file", keyFile);
  give("--ca-file", caFile);
  if (r.verify) args.push("--verify");
  if (r.verify) give("--keyring", r.keyring);
  return args;
}

/** helm's error message, without its warnings and prefixes. */
const complaint = (stderr: string): string =>
  stderr
    .split("\n")
    .filter((l) => l.trim() && !/^(WARNING|level=|I\d{4}|W\d{4})/.test(l))
    .join("\n")
    .replace(/^Error: (INSTALLATION FAILED|UPGRADE FAILED|uninstallation completed with \d+ error\(s\)): /, "")
    .replace(/^Error: /, "")
    .trim();

/** The path of helm: `$ISTIO_LAB_HELM`, else the one built here, else the first on PATH. */
export function helmBinary(): string {
  if (process.env.ISTIO_LAB_HELM) return process.env.ISTIO_LAB_HELM;
  try {
    return binary("helm");
  } catch (e) {
    const found = (process.env.PATH ?? "")
      .split(delimiter)
      .map((folder) => join(folder, "helm"))
      .find((file) => existsSync(file));
    if (found) return found;
    throw e;
  }
}
