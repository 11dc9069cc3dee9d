import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { UserError } from "../../../base/errors";
import { identify, isAlive, type ProcessId } from "../../../base/process-id";
import { binary } from "../../../embedded/toolchain";
import {
  KUBERNETES,
  nodeTar,
  program,
  REGISTRY,
  registryConfig,
  registryFolder,
  unpacked,
  unpackedEnvironment,
} from "../../toolchain/real-minikube";

const NAME = "istio-lab-minikube";
/** Everything that runs here, and what it writes. */
const folder = path.join(os.tmpdir(), NAME);
const at = (...names: string[]) => path.join(folder, ...names);
const socket = `unix://${at("docker.sock")}`;
const NODE_IMAGE = `${NAME}-node:1`;
const cgroups = "/sys/fs/cgroup";
/** Says that folder, namespace and control groups are a rehearsal's: the names alone may be somebody else's. */
const mark = at("made-by-the-rehearsal");

/**
 * A Docker and a registry of their own, in a network namespace that has nothing but them: what they write into iptables, and every link, goes with it. Docker
 * lives in a process and a mount namespace too, so that all its containers end with it, as when a machine is switched off.
 */
export class Machine {
  /** For commands that are to be in its network. */
  readonly under = ["nsenter", `--net=/run/netns/${NAME}`];

  /** A path in its folder. A checkout there goes with it: a rehearsal that is killed removes none itself. */
  readonly within = at;

  /** What minikube and the program are run with, beside the user's own. */
  get env(): Record<string, string> {
    return {
      DOCKER_HOST: socket,
      MINIKUBE_HOME: at("home"),
      PATH: [path.dirname(program("minikube")), unpacked("usr/bin"), process.env.PATH].join(path.delimiter),
      MINIKUBE_BASE_IMAGE: NODE_IMAGE,
      MINIKUBE_CONTAINER_RUNTIME: "containerd",
      MINIKUBE_CNI: "bridge",
      MINIKUBE_PRELOAD: "false",
      MINIKUBE_CACHE_IMAGES: "false",
      MINIKUBE_FORCE: "true",
      // minikube leaves a log of each command, and files that are locks, in the folder for temporary files.
      TMPDIR: at("tmp"),
      MINIKUBE_IN_STYLE: "false",
      MINIKUBE_WANTUPDATENOTIFICATION: "false",
    };
  }

  /** Brings it up, empty but for the node's image. */
  async start(): Promise<void> {
    await clean();
    fs.mkdirSync(folder, { mode: 0o700 });
    fs.writeFileSync(mark, "");
    fs.mkdirSync(at("tmp"));
    await execa("ip", ["netns", "add", NAME]);
    await execa("ip", ["-n", NAME, "link", "set", "lo", "up"]);
    // Before Docker, which else forbids to forward.
    await execa(this.under[0]!, [this.under[1]!, "sysctl", "-qw", "net.ipv4.ip_forward=1"]);
    await this.startDocker();
    fs.writeFileSync(at("registry-config.json"), registryConfig(registryFolder(), REGISTRY));
    this.spawn("registry", [unpacked("usr/bin/docker-registry"), "serve", at("registry-config.json")]);
    const asked = () =>
      execa(this.under[0]!, [this.under[1]!, "curl", "--silent", "--fail", `http://${REGISTRY}/v2/`], {
        reject: false,
      });
    for (let tries = 0; (await asked()).exitCode !== 0; tries += 1) {
      if (tries === 50)
        throw new Error(`The registry does not answer:\n${fs.readFileSync(at("registry.log"), "utf8").slice(-2000)}`);
      await sleep(200);
    }
    await this.docker("import", nodeTar(), `${NODE_IMAGE}-root`);
    fs.mkdirSync(at("image"));
    fs.writeFileSync(
      at("image", "Dockerfile"),
      [
        `FROM ${NODE_IMAGE}-root`,
        "ENV container=docker",
        "STOPSIGNAL SIGRTMIN+3",
        "EXPOSE 22",
        'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]',
        "",
      ].join("\n"),
    );
    await this.docker("build", "--quiet", "--tag", NODE_IMAGE, at("image"));
    const cache = at("home", ".minikube", "cache", "linux", "amd64", KUBERNETES);
    fs.mkdirSync(cache, { recursive: true });
    for (const file of [binary("kubelet"), binary("kubectl"), program("kubeadm")])
      fs.copyFileSync(file, path.join(cache, path.basename(file)));
  }

  /** Docker, as it comes up after the machine was switched off: its containers are there, and none of them runs. */
  async startDocker(): Promise<void> {
    const runtime = path.join(__dirname, "../../toolchain/real-minikube/runc-within-rights.sh");
    this.spawn("docker", [
      "unshare",
      "--mount",
      "--pid",
      "--fork",
      "--kill-child",
      "--mount-proc",
      unpacked("usr/sbin/dockerd"),
      "--data-root",
      at("data"),
      "--exec-root",
      at("exec"),
      "--pidfile",
      at("docker.pid"),
      "--host",
      socket,
      "--cgroup-parent",
      `/${NAME}`,
      "--exec-opt",
      "native.cgroupdriver=cgroupfs",
      "--default-cgroupns-mode",
      "private",
      "--storage-driver",
      "overlay2",
      "--add-runtime",
      `within-rights=${runtime}`,
      "--default-runtime",
      "within-rights",
    ]);
    for (let tries = 0; tries < 150; tries += 1) {
      if ((await this.docker("version").catch(() => undefined)) !== undefined) return;
      await sleep(200);
    }
    throw new Error(`Docker does not answer:\n${fs.readFileSync(at("docker.log"), "utf8").slice(-2000)}`);
  }

  /** Ends Docker with all that runs in it, and starts it again. */
  async restartDocker(): Promise<void> {
    await end("docker");
    fs.rmSync(at("docker.pid"), { force: true });
    await this.startDocker();
  }

  async docker(...args: string[]): Promise<string> {
    return (await execa(unpacked("usr/bin/docker"), args, { env: { DOCKER_HOST: socket } })).stdout;
  }

  /** Containers, volumes and networks of minikube's, each by its kind and name. */
  async minikubeObjects(): Promise<string[]> {
    const asked = [
      ["ps", "--all", "--format=container {{.Names}} {{.Status}}"],
      ["volume", "ls", "--format=volume {{.Name}}"],
      ["network", "ls", "--format=network {{.Name}}", "--filter", "label=created_by.minikube.sigs.k8s.io=true"],
    ];
    return (await Promise.all(asked.map((args) => this.docker(...args)))).flatMap((names) =>
      names.split("\n").filter(Boolean),
    );
  }

  /** minikube, as the user runs it at the keyboard. */
  async minikube(kubeconfig: string, ...args: string[]): Promise<string> {
    return (
      await execa(this.under[0]!, [this.under[1]!, program("minikube"), ...args], {
        env: { ...this.env, KUBECONFIG: kubeconfig },
      })
    ).stdout;
  }

  /** In its network, and with nothing open that the caller has: a lock would be held for as long as it runs. */
  private spawn(name: string, command: string[]): void {
    const log = fs.openSync(at(`${name}.log`), "a");
    const closed =
      'for fd in /proc/self/fd/*; do fd=${fd##*/}; [ "$fd" -gt 2 ] && eval "exec $fd>&-"; done 2>/dev/null; exec "$@"';
    const child = spawn(this.under[0]!, [this.under[1]!, "bash", "-c", closed, name, ...command], {
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...process.env, ...unpackedEnvironment() },
    });
    child.unref();
    fs.closeSync(log);
    fs.writeFileSync(at(`${name}.json`), JSON.stringify(identify(child.pid!)));
  }
}

/** Takes all of it down, also what a killed rehearsal has left. @throws {UserError} where something of these names has no mark */
export async function clean(): Promise<void> {
  const there = leftovers();
  if (there.length > 0 && !fs.existsSync(mark))
    throw new UserError(
      `These are there, and nothing says that they are the rehearsal's; they are left alone:\n${there.join("\n")}`,
    );
  for (const name of ["docker", "registry"]) await end(name);
  if (fs.existsSync(`/run/netns/${NAME}`)) await execa("ip", ["netns", "delete", NAME]);
  for (const group of fs.readdirSync(cgroups).map((controller) => path.join(cgroups, controller, NAME)))
    removeGroup(group);
  // The mark goes last.
  fs.rmSync(folder, { recursive: true, force: true });
}

/** By the number and the start time of the process that was started. Its namespace's first process ends with it, and all others with that. */
async function end(name: string): Promise<void> {
  const file = at(`${name}.json`);
  if (!fs.existsSync(file)) return;
  const id = JSON.parse(fs.readFileSync(file, "utf8")) as ProcessId;
  if (isAlive(id)) process.kill(id.pid, "SIGKILL");
  for (let tries = 0; tries < 100 && isAlive(id); tries += 1) await sleep(100);
  if (isAlive(id)) throw new Error(`Process ${id.pid}, the rehearsal's ${name}, does not end.`);
  await sleep(500); // the namespace's other processes
  fs.rmSync(file);
}

function removeGroup(group: string): void {
  if (!fs.existsSync(group)) return;
  const inner = fs.readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of inner) removeGroup(path.join(group, name));
  fs.rmdirSync(group);
}

/** What is left of it on this machine: processes, links, mounts, groups, the folder. */
export function leftovers(): string[] {
  const says = (file: string, args: string[]) => execFileSync(file, args, { encoding: "utf8" });
  const processes = says("ps", ["-eo", "args"])
    .split("\n")
    .filter((line) => line.includes(`${folder}/`));
  const mounts = fs
    .readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.includes(`${folder}/`) || line.includes(`/netns/${NAME} `));
  const groups = fs
    .readdirSync(cgroups)
    .map((controller) => path.join(cgroups, controller, NAME))
    .filter((group) => fs.existsSync(group));
  return [...processes, ...mounts, ...groups, ...[folder, `/run/netns/${NAME}`].filter((one) => fs.existsSync(one))];
}
