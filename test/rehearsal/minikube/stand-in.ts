import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { randomUUID } from "node:crypto";
import { parse, stringify } from "yaml";
import { parseCall, type Call } from "./flags";
import type * as machinesModule from "./machines";
import type { Kept } from "./machines";

/**
 * A stand-in for minikube 1.36: what it prints, its exit codes and what it leaves in the kubeconfig are the real one's (read in its source and seen of its
 * binary); its machines are embedded seats. It writes down each call, and takes no flag that is not in flags.ts.
 */
export async function main(): Promise<void> {
  const args = process.argv.slice(2);
  fs.appendFileSync(
    path.join(machines().home(), "calls.jsonl"),
    `${JSON.stringify({ args, kubeconfig: process.env.KUBECONFIG ?? null })}\n`,
  );
  let call: Call;
  try {
    call = parseCall(args);
  } catch (error) {
    console.error(`Error: ${(error as Error).message}\nSee 'minikube ${args[0]} --help' for usage.`);
    process.exit(14);
  }
  await commands[call.command]!(call);
}

/** Loaded late: most calls do not need a seat. */
const machines = (): typeof machinesModule => require("./machines") as typeof machinesModule;

const commands: Record<string, (call: Call) => Promise<void>> = {
  version: async () => print({ commit: "stand-in", minikubeVersion: process.env.STAND_IN_VERSION ?? "v1.36.0" }),
  "profile list": async () =>
    print({
      invalid: [],
      valid: machines()
        .profiles()
        .map((profile) => ({ ...profile, Status: "Skipped" })),
    }),
  "config defaults kubernetes-version": async () => console.log("* v1.33.1\n* v1.33.0-rc.1\n* v1.33.0\n* v1.20.0"),
  start,

  async status(call) {
    const profile = existing(call);
    const host = await machines().hostOf(profile);
    if (host === "Nonexistent") {
      console.error(`E1121 17:00:00.000000 1 status.go:126] status error: the "${profile.Name}" host does not exist`);
      return print(null);
    }
    const rest = host === "Running" ? ((await isConfigured(profile)) ? "Configured" : "Misconfigured") : host;
    const running = host === "Running" ? "Running" : host;
    const first = {
      Name: profile.Name,
      Host: host,
      Kubelet: running,
      APIServer: running,
      Kubeconfig: rest,
      Worker: false,
    };
    const workers = (profile.standIn.workers ?? []).map((Name) => ({
      Name,
      Host: host,
      Kubelet: running,
      APIServer: "Irrelevant",
      Kubeconfig: "Irrelevant",
      Worker: true,
    }));
    print(workers.length === 0 ? first : [first, ...workers]);
    process.exit(host !== "Running" ? 7 : rest === "Configured" ? 0 : 4);
  },

  async ip(call) {
    console.log(await machines().addressOf(existing(call)));
  },

  async stop(call) {
    await machines().stop(existing(call));
    console.log("* 1 node stopped.");
  },

  /** A node by its name alone: no machine stands behind it. */
  async "node add"(call) {
    const profile = existing(call);
    const workers = profile.standIn.workers ?? [];
    profile.standIn.workers = [...workers, `${profile.Name}-m${String(workers.length + 2).padStart(2, "0")}`];
    machines().keep(profile);
    console.log(`* Successfully added ${profile.standIn.workers.at(-1)} to ${profile.Name}!`);
  },

  async delete(call) {
    const found = profileOf(call);
    if (found === undefined) console.error(`! "${nameOf(call)}" profile does not exist, trying anyways.`);
    else await machines().remove(found);
    const file = kubeconfigFile();
    const config = read(file);
    if (config !== undefined) write(file, without(config, nameOf(call)));
    console.log(`* Removed all traces of the "${nameOf(call)}" cluster.`);
  },
};

async function start(call: Call): Promise<void> {
  const { values } = call;
  console.log(`* [${nameOf(call)}] A stand-in for minikube v1.36.0, for tests`);
  const existing = profileOf(call);
  const profile = existing ?? made(call);
  if (process.env.STAND_IN_FAILS === "start" && existing === undefined) {
    console.error(
      "X Exiting due to PROVIDER_DOCKER_NOT_RUNNING: the daemon does not answer\n* Suggestion: Start the Docker service",
    );
    process.exit(69);
  }
  // As minikube does: the profile is kept before there is a machine.
  machines().keep(profile);
  machines().makeNetwork(profile);
  await machines().run(profile);
  await writeEntry(profile);
  console.log(`* Done! kubectl is now configured to use "${profile.Name}" cluster (${values.wait?.[0] ?? "default"})`);
}

function made({ values }: Call): Kept {
  const one = (flag: string) => values[flag]?.[0];
  return {
    Name: one("profile")!,
    Config: {
      Name: one("profile")!,
      Driver: one("driver") ?? "docker",
      CPUs: Number(one("cpus")),
      Memory: Number.parseInt(one("memory")!, 10),
      ExposedPorts: [...(values.ports ?? [])],
      KubernetesConfig: {
        KubernetesVersion: one("kubernetes-version")!,
        APIServerNames: one("apiserver-names")?.split(",") ?? [],
      },
    },
    standIn: { generation: randomUUID() },
  };
}

function nameOf({ values }: Call): string {
  return values.profile?.[0] ?? "minikube";
}

function profileOf(call: Call): Kept | undefined {
  return machines()
    .profiles()
    .find(({ Name }) => Name === nameOf(call));
}

function existing(call: Call): Kept {
  const found = profileOf(call);
  if (found !== undefined) return found;
  console.log(`* Profile "${nameOf(call)}" not found. Run "minikube profile list" to view all profiles.`);
  process.exit(85);
}

/** As minikube reads it: the first of KUBECONFIG, else the user's own. */
function kubeconfigFile(): string {
  return process.env.KUBECONFIG?.split(path.delimiter).find(Boolean) ?? path.join(os.homedir(), ".kube", "config");
}

async function isConfigured(profile: Kept): Promise<boolean> {
  const cluster = read(kubeconfigFile())?.clusters.find(({ name }: { name: string }) => name === profile.Name)?.cluster;
  return cluster?.server === (await machines().serverOf(profile));
}

/** With --embed-certs: the credentials themselves, and minikube's note of when it wrote them. */
async function writeEntry(profile: Kept): Promise<void> {
  const [{ cluster }, { user }] = await machines()
    .credentialsOf(profile)
    .then((text) => [parse(text).clusters[0], parse(text).users[0]]);
  const name = profile.Name;
  const extensions = [
    {
      name: "cluster_info",
      extension: { "last-update": new Date().toUTCString(), provider: "minikube.sigs.k8s.io", version: "v1.36.0" },
    },
  ];
  const others = without(read(kubeconfigFile()) ?? { apiVersion: "v1", kind: "Config" }, name);
  write(kubeconfigFile(), {
    ...others,
    clusters: [
      ...others.clusters,
      { name, cluster: { ...cluster, server: await machines().serverOf(profile), extensions } },
    ],
    users: [...others.users, { name, user }],
    contexts: [...others.contexts, { name, context: { cluster: name, user: name, extensions } }],
    "current-context": name,
  });
}

function read(file: string): any {
  return fs.existsSync(file) ? (parse(fs.readFileSync(file, "utf8")) ?? undefined) : undefined;
}

function without(config: any, name: string): any {
  const rest = (list: { name: string }[] = []) => list.filter((entry) => entry.name !== name);
  const current = config["current-context"] === name ? "" : config["current-context"];
  return {
    ...config,
    clusters: rest(config.clusters),
    users: rest(config.users),
    contexts: rest(config.contexts),
    "current-context": current,
  };
}

function write(file: string, config: unknown): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, stringify(config), { mode: 0o600 });
}

function print(value: unknown): void {
  process.stdout.write(JSON.stringify(value));
}
