import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import * as path from "node:path";
import * as z from "zod";
import { memoryHere } from "../../../base/memory";
import { askContainers, containerProgram, networksOf, ofMachine, type ContainerDriver } from "./containers";
import { MinikubeError } from "./errors";

/** Number of processors, and memory in bytes. */
export interface Room {
  readonly cpus: number;
  readonly memory: number;
}

/** Facts about Docker or Podman, whose containers are minikube's usual machines. */
export interface Daemon extends Room {
  /** Whether this machine cannot reach the addresses of its containers: Docker Desktop, or a rootless daemon. */
  readonly isApart: boolean;
}

/** Facts about this machine that decide which profiles are possible and where a NodePort is reached. */
export interface Host extends Room {
  readonly platform: NodeJS.Platform;
  readonly isWsl: boolean;
  /** DOCKER_HOST, where it points to another machine. */
  readonly remoteDocker?: string;
  /** Whether a program is on PATH. */
  has(program: string): boolean;
  /** Undefined where it is not installed or does not answer. */
  daemon(driver: ContainerDriver): Promise<Daemon | undefined>;
  /**
   * Lists the containers that are a profile's first machine, running or not. @throws MinikubeError where the driver
   * does not answer
   */
  machines(driver: ContainerDriver, profile: string): Promise<string[]>;
  /**
   * Returns the network that minikube created for a profile. Undefined where there is none. @throws MinikubeError
   * where the driver does not answer
   */
  network(driver: ContainerDriver, profile: string): Promise<Network | undefined>;
  /** Removes the network. @throws MinikubeError where that fails, for example while a container runs in it */
  removeNetwork(driver: ContainerDriver, network: Network): Promise<void>;
}

/** A network with both of minikube's labels and the profile's name. */
export interface Network {
  readonly id: string;
  readonly name: string;
  /** Names of the containers in it, running or not. */
  readonly containers: readonly string[];
}

export const thisHost: Host = {
  cpus: availableParallelism(),
  memory: memoryHere().total,
  has: (program) =>
    (process.env.PATH ?? "")
      .split(path.delimiter)
      .some(
        (folder) =>
          folder !== "" && isProgram(path.join(folder, process.platform === "win32" ? `${program}.exe` : program)),
      ),
  platform: process.platform,
  isWsl: process.platform === "linux" && /microsoft/i.test(textOf("/proc/version")),
  remoteDocker: /^(tcp|ssh):/.test(process.env.DOCKER_HOST ?? "") ? process.env.DOCKER_HOST : undefined,
  daemon: (driver) => asked[driver](),

  // Each container is labelled with its machine's name. For the first control plane, that is the profile's name
  // (kic.go, oci/types.go).
  machines: (driver, profile) =>
    askContainers(
      driver,
      ["ps", "--all", "--filter", ofMachine(profile), "--format", "{{.Names}}"],
      `Profile ${profile}: ${driver} does not say whether its machine exists`,
    ),

  async network(driver, profile) {
    const unknown = `${driver} does not say whether minikube's network ${profile} exists`;
    const found = (await askContainers(driver, networksOf(profile, "{{.ID}} {{.Name}}"), unknown)).map((line) =>
      line.split(" "),
    );
    // A network that the user chose for several profiles has another name.
    const id = found.find(([, name]) => name === profile)?.[0];
    if (id === undefined) return undefined;
    // Filters by id and by name, because Docker may know a stopped container's network by name only. `network
    // inspect` would list running containers only.
    const containers = await askContainers(
      driver,
      ["ps", "--all", "--filter", `network=${id}`, "--filter", `network=${profile}`, "--format", "{{.Names}}"],
      unknown,
    );
    return { id, name: profile, containers };
  },

  removeNetwork: async (driver, { id, name }) =>
    void (await askContainers(driver, ["network", "rm", id], `${driver} does not remove network ${name}`)),
};

const asked = {
  docker: async () => dockerOf(await answer("docker", ["info", "--format", "{{json .}}"])),
  podman: async () => podmanOf(await answer("podman", ["info", "--format", "json"])),
};

const dockerInfo = z.object({
  NCPU: z.number(),
  MemTotal: z.number(),
  OperatingSystem: z.string().optional(),
  SecurityOptions: z.array(z.string()).nullish(),
});
const podmanInfo = z.object({
  host: z.object({
    cpus: z.number(),
    memTotal: z.number(),
    security: z.object({ rootless: z.boolean() }).partial().optional(),
  }),
});

/** Undefined where docker prints its errors instead of a server's facts. */
export function dockerOf(info: any): Daemon | undefined {
  if (!info?.ServerVersion) return undefined;
  const { NCPU, MemTotal, OperatingSystem, SecurityOptions } = known("docker", dockerInfo, info);
  return {
    isApart:
      (SecurityOptions ?? []).some((option) => option.includes("rootless")) || OperatingSystem === "Docker Desktop",
    cpus: NCPU,
    memory: MemTotal,
  };
}

export function podmanOf(info: any): Daemon | undefined {
  if (info?.host === undefined) return undefined;
  const { host } = known("podman", podmanInfo, info);
  return { isApart: host.security?.rootless === true, cpus: host.cpus, memory: host.memTotal };
}

function known<T>(driver: string, schema: z.ZodType<T>, info: unknown): T {
  const parsed = schema.safeParse(info);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
  throw new MinikubeError(
    `What \`${driver} info\` printed cannot be read: these fields have an unknown format: ${fields}.`,
  );
}

async function answer(driver: ContainerDriver, args: string[]): Promise<unknown> {
  const { execa } = await import("execa");
  const [file, rest] = containerProgram(driver, args);
  const ended = await execa(file, rest, { reject: false, stdin: "ignore", timeout: 20_000 });
  try {
    return JSON.parse(ended.stdout);
  } catch {
    return undefined;
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
