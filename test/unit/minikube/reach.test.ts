import { createServer } from "node:net";
import { expect, test, describe } from "vitest";
import { dockerOf, podmanOf, type Host } from "../../../components/cluster/minikube/daemon";
import type { Profile } from "../../../components/cluster/minikube/minikube";
import { asFlags, freePorts, portsIn, publishedIn } from "../../../components/cluster/minikube/ports";
import { isPublished, reachOf } from "../../../components/cluster/minikube/reach";

const nodePorts = { http: 31380, https: 31390, kiali: 31602 };
const host = (platform: NodeJS.Platform, isWsl = false): Host => ({
  platform,
  isWsl,
  cpus: 8,
  memory: 16e9,
  has: () => true,
  daemon: async () => undefined,
  machines: async () => [],
  network: async () => undefined,
  removeNetwork: async () => undefined,
});
const near = { isApart: false, cpus: 8, memory: 16e9 };
const apart = { ...near, isApart: true };

test.each([
  ["Docker on Linux", host("linux"), "docker", near, false],
  ["Podman on Linux", host("linux"), "podman", near, false],
  ["a driver of minikube's choice on Linux", host("linux"), undefined, near, false],
  ["no Docker at all on Linux", host("linux"), undefined, undefined, false],
  ["Docker Desktop or rootless Docker on Linux", host("linux"), "docker", apart, true],
  ["the same by minikube's choice", host("linux"), undefined, apart, true],
  ["a virtual machine beside Docker Desktop", host("linux"), "kvm2", apart, false],
  ["WSL", host("linux", true), "docker", near, true],
  ["macOS", host("darwin"), "docker", near, true],
  ["macOS, minikube's choice", host("darwin"), undefined, undefined, true],
  ["a virtual machine on macOS", host("darwin"), "vfkit", undefined, false],
  ["Windows", host("win32"), "docker", near, true],
  ["Hyper-V on Windows", host("win32"), "hyperv", undefined, false],
])("are node ports published with %s?", (_, on, driver, daemon, published) => {
  expect(isPublished(on, driver, daemon)).toBe(published);
});

test("what Docker and Podman say of themselves", () => {
  const info = {
    ServerVersion: "28.2.2",
    NCPU: 8,
    MemTotal: 16e9,
    SecurityOptions: ["name=seccomp,profile=builtin"],
    OperatingSystem: "Debian GNU/Linux 12 (bookworm)",
  };
  expect(dockerOf(info)).toEqual(near);
  expect(dockerOf({ ...info, SecurityOptions: ["name=rootless"] })).toEqual(apart);
  expect(dockerOf({ ...info, OperatingSystem: "Docker Desktop" })).toEqual(apart);
  // Without a server `docker info --format` still prints, and says what failed.
  expect(
    dockerOf({ ServerVersion: "", ServerErrors: ["Cannot connect to the Docker daemon"], NCPU: 0, MemTotal: 0 }),
  ).toBeUndefined();
  expect(dockerOf(undefined)).toBeUndefined();
  // Numbers that are missing would pass every comparison.
  expect(() => dockerOf({ ServerVersion: "28.2.2" })).toThrow(/`docker info` printed cannot be read: .*NCPU/s);
  expect(() => podmanOf({ host: {} })).toThrow(/`podman info` printed cannot be read: .*cpus/s);
  expect(podmanOf({ host: { cpus: 8, memTotal: 16e9, security: { rootless: true } } })).toEqual(apart);
  expect(podmanOf({ host: { cpus: 8, memTotal: 16e9, security: { rootless: false } } })).toEqual(near);
});

describe("the URLs of a profile", () => {
  const profile = (driver: string, ports: string[] = []): Profile => ({
    name: "p",
    driver,
    kubernetesVersion: "1.33.1",
    ports,
  });
  const flags = asFlags({ http: 20001, https: 20002, kiali: 20003 }, nodePorts);

  test("are node ports at minikube's address", () => {
    expect(reachOf(profile("docker"), "192.168.49.2", nodePorts)).toEqual({ host: "192.168.49.2", ...nodePorts });
    expect(reachOf(profile("kvm2"), "192.168.39.7", nodePorts)).toEqual({ host: "192.168.39.7", ...nodePorts });
  });

  test("are this machine's where they are published", () => {
    expect(flags).toEqual(["127.0.0.1:20001:31380", "127.0.0.1:20002:31390", "127.0.0.1:20003:31602"]);
    expect(reachOf(profile("docker", flags), "192.168.49.2", nodePorts)).toEqual({
      host: "127.0.0.1",
      http: 20001,
      https: 20002,
      kiali: 20003,
    });
  });

  test("are node ports where a driver took no notice of --ports", () => {
    expect(reachOf(profile("vfkit", flags), "192.168.64.3", nodePorts)).toEqual({ host: "192.168.64.3", ...nodePorts });
  });

  test("are at any other address that QEMU's machine has, and at every address of another driver's", () => {
    expect(reachOf(profile("qemu2"), "192.168.105.3", nodePorts)).toMatchObject({ host: "192.168.105.3" });
    expect(reachOf(profile("none"), "127.0.0.1", nodePorts)).toMatchObject({ host: "127.0.0.1" });
    expect(reachOf(profile("podman", flags), "10.88.0.2", nodePorts)).toMatchObject({
      host: "127.0.0.1",
      kiali: 20003,
    });
  });

  test.each(["127.0.0.1", "10.0.2.15"])(
    "do not exist on QEMU's built-in network (%s), and the message says so of the tunnel too",
    (ip) => {
      expect(() => reachOf(profile("qemu2"), ip, nodePorts)).toThrow(
        /address .* nothing outside it reaches; `minikube tunnel` does not help there.*socket_vmnet.*minikube\.driver/s,
      );
    },
  );

  test("other published ports are not ours", () => {
    expect(publishedIn(["127.0.0.1:20001:31380", "8080:80"], nodePorts)).toBeUndefined();
    expect(portsIn(["127.0.0.1:20001:31380", "8080:80", "30000"])).toEqual([20001, 8080]);
  });
});

describe("free ports", () => {
  const free = async () => true;

  test("are the same for a profile each time, and published on this machine alone", async () => {
    expect(await freePorts("istio-lab-dev", new Set(), free)).toEqual(
      await freePorts("istio-lab-dev", new Set(), free),
    );
  });

  test("are no other profile's, running or stopped, so that seats coexist", async () => {
    const first = await freePorts("p", new Set(), free);
    const second = await freePorts("p", new Set([first.https]), free);
    const all = [...Object.values(first), ...Object.values(second)];
    expect(new Set(all).size).toBe(6);
    for (const port of all) expect(port).toSatisfy((value: number) => value >= 20_000 && value < 29_000);
  });

  test("are three in a row, and any that is taken keeps all three away", async () => {
    const { http, https, kiali } = await freePorts("p", new Set(), free);
    expect([https, kiali]).toEqual([http + 1, http + 2]);
    for (const taken of [http, https, kiali]) {
      expect(Object.values(await freePorts("p", new Set([taken]), free))).not.toContain(taken);
      expect(Object.values(await freePorts("p", new Set(), async (port) => port !== taken))).not.toContain(taken);
    }
  });

  test("are found wherever they are, up to the last", async () => {
    const last = { http: 28_997, https: 28_998, kiali: 28_999 };
    expect(await freePorts("p", new Set(), async (port) => port >= last.http)).toEqual(last);
    expect(await freePorts("p", new Set(), async (port) => port < 20_003)).toEqual({
      http: 20_000,
      https: 20_001,
      kiali: 20_002,
    });
  });

  test("are none that something listens on", async () => {
    const first = await freePorts("listened", new Set());
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(first.kiali, "127.0.0.1", resolve));
    try {
      expect(Object.values(await freePorts("listened", new Set()))).not.toContain(first.kiali);
    } finally {
      server.close();
    }
  });

  test("are missed in words when there are none", async () => {
    await expect(freePorts("p", new Set(), async () => false)).rejects.toThrow(
      "None of this machine's ports from 20000 to 28999 is free.",
    );
  });
});
