import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { ask } from "../../components/cluster/azure/reachable-operations";
import { debianRoot, Machine, type Ran } from "../support/root";
import { signedBy, startApi } from "./azure-machine/api";
import { makeSeat, type Command, type Seat } from "./azure-machine/seat";

/**
 * What a VM of Azure's is given, in a Debian root file system with real cloud-init, bash, coreutils, shellcheck and systemd-analyze. Stand-ins, which say
 * that they are some: k3s, curl, iptables, systemctl, journalctl and sysctl.
 */
const folder = path.join(__dirname, "azure-machine/stand-ins");
const standIn = (name: string) => fs.readFileSync(path.join(folder, name), "utf8");
const k3s = standIn("k3s");
const sha256 = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");

let root: string;
let seat: Seat;
/** One that never started, and one after its first start, as cloud-init leaves it. */
let blank: Machine;
let booted: Machine;
let firstBoot: Ran;
/** The one a test is about: like the blank one, where it does not choose the other. */
let machine: Machine;

beforeAll(async () => {
  root = await debianRoot();
  seat = await makeSeat({ version: "v1.36.5+k3s1", sha256: sha256(k3s) });
  machine = blank = new Machine(root);
  for (const name of ["curl", "iptables", "systemctl", "journalctl", "sysctl"])
    blank.write(`/stand-ins/${name}`, standIn(name), 0o755);
  blank.write("/offered", k3s);
  machine = booted = new Machine(root, blank);
  firstBoot = await firstStart();
}, 900_000);

beforeEach(() => {
  machine = new Machine(root, blank);
});
afterEach(() => machine.remove());
afterAll(() => [blank, booted].forEach((one) => one?.remove()));

/** From here on the test's machine is one after its first start, and what was recorded of that is forgotten. */
function boot() {
  machine.remove();
  machine = new Machine(root, booted);
  fs.rmSync(machine.path("/record"));
}

const record = () => machine.read("/record").trim().split("\n");
/** Owner, group and mode of a file on the machine. */
const stat = (file: string) => {
  const { uid, gid, mode } = fs.statSync(machine.path(file));
  return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
};

/** The VM's first start: cloud-init itself reads the user data, writes the files and runs the command. */
async function firstStart() {
  machine.write("/var/lib/cloud/seed/nocloud/user-data", seat.userData);
  machine.write("/var/lib/cloud/seed/nocloud/meta-data", "instance-id: i-1\nlocal-hostname: server-1a2b3c4d\n");
  // The modules that the user data is for; the others are about a machine with a kernel and disks of its own.
  const modules = {
    cloud_init_modules: ["write_files"],
    cloud_config_modules: ["runcmd"],
    cloud_final_modules: ["scripts_user"],
  };
  machine.write(
    "/etc/cloud/cloud.cfg.d/99-test.cfg",
    stringify({ datasource_list: ["NoCloud"], network: { config: "disabled" }, ...modules }),
  );
  const script =
    "cloud-init init --local && cloud-init init && cloud-init modules --mode config && cloud-init modules --mode final";
  return machine.run(["bash", "-c", script]);
}

/** As Azure's handler does it: the script is a file that bash runs, parameters are its environment. */
async function runCommand({ script, env }: Command) {
  machine.write("/var/lib/waagent/script.sh", script, 0o500);
  return machine.run(["/bin/bash", "-c", "/var/lib/waagent/script.sh"], { env: { ...env, ISTIO_LAB_PAUSE: "0.1" } });
}

describe("the user data", () => {
  const schema = async (text: string) => {
    machine.write("/user-data", text);
    return machine.run(["cloud-init", "schema", "--config-file", "/user-data"]);
  };

  test("passes cloud-init's schema, which refuses a wrong one", async () => {
    const right = await schema(seat.userData);
    expect(right).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Valid schema") });
    expect(right.stdout + right.stderr).not.toMatch(/deprecat/i);
    expect((await schema(seat.userData.replace("permissions:", "permission:"))).exitCode).not.toBe(0);
  });

  test("makes cloud-init write the files and install k3s, and starts nothing", async () => {
    expect(firstBoot).toMatchObject({ exitCode: 0 });
    machine.remove();
    machine = new Machine(root, booted);
    expect(record()).toEqual([
      "curl https://github.com/k3s-io/k3s/releases/download/v1.36.5%2Bk3s1/k3s",
      "sysctl --quiet --load=/etc/sysctl.d/90-istio-lab.conf",
      "systemctl daemon-reload",
    ]);
    expect(machine.read("/usr/local/bin/k3s")).toBe(k3s);
    expect(
      Object.fromEntries(
        [
          "/usr/local/bin/k3s",
          "/usr/local/sbin/istio-lab-install-k3s",
          "/etc/istio-lab/server.yaml",
          "/etc/systemd/system/k3s.service",
        ].map((file) => [file, stat(file)]),
      ),
    ).toEqual({
      "/usr/local/bin/k3s": "0:0 755",
      "/usr/local/sbin/istio-lab-install-k3s": "0:0 755",
      "/etc/istio-lab/server.yaml": "0:0 644",
      "/etc/systemd/system/k3s.service": "0:0 644",
    });
    expect(fs.readlinkSync(machine.path("/usr/local/bin/kubectl"))).toBe("k3s");
  });

  test("installs nothing when the file has another hash, and the run command then shows both", async () => {
    machine.write("/offered", "something else\n");
    await firstStart();
    expect(fs.readdirSync(machine.path("/usr/local/bin")).filter((name) => name.startsWith("k3s"))).toEqual([]);
    const { exitCode, stdout, stderr } = await runCommand(seat.server);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: "istio-lab: k3s was not installed on server-1a2b3c4d",
    });
    expect(stdout).toContain(
      `has the SHA-256 ${sha256("something else\n")}, and azure.k3s.sha256 says ${sha256(k3s)}: it is not installed`,
    );
    expect(record().filter((line) => line.startsWith("systemctl"))).toEqual([]);
  });

  test("what could not be loaded at the first start is loaded by the run command, which then starts k3s", async () => {
    machine.write("/curl-is-broken", "");
    await firstStart();
    expect(fs.existsSync(machine.path("/usr/local/bin/k3s"))).toBe(false);
    const without = await runCommand(seat.server);
    expect(without).toMatchObject({
      exitCode: 1,
      stderr: "istio-lab: k3s was not installed on server-1a2b3c4d",
      stdout: expect.stringContaining("curl: (6) Could not resolve host"),
    });
    fs.rmSync(machine.path("/curl-is-broken"));
    expect(await runCommand(seat.server)).toMatchObject({ exitCode: 0, stdout: "istio-lab: server-1a2b3c4d is ready" });
    expect(machine.read("/usr/local/bin/k3s")).toBe(k3s);
  });

  test("does not load again what is there, and mends what was changed", async () => {
    boot();
    const install = () => machine.run(["/usr/local/sbin/istio-lab-install-k3s"]);
    expect(await install()).toMatchObject({ exitCode: 0 });
    expect(record().filter((line) => line.startsWith("curl"))).toEqual([]);
    machine.write("/usr/local/bin/k3s", "half a file", 0o755);
    expect(await install()).toMatchObject({ exitCode: 0 });
    expect(machine.read("/usr/local/bin/k3s")).toBe(k3s);
  });

  test("has units that systemd takes", async () => {
    boot();
    for (const unit of ["k3s", "k3s-agent"]) {
      const verified = await machine.run(["systemd-analyze", "verify", `/etc/systemd/system/${unit}.service`]);
      expect(verified, unit).toMatchObject({ exitCode: 0, stderr: "" });
    }
  });
});

/** How a node keeps pods from what Azure tells the VM alone: its rules are there before its first start, and each start asks for them again. */
const wall = {
  built: [
    "systemctl daemon-reload",
    "iptables --wait 10 --table mangle --insert FORWARD --protocol tcp --destination 168.63.129.16 --destination-port 80 --jump DROP",
    "iptables --wait 10 --table mangle --insert FORWARD --protocol tcp --destination 168.63.129.16 --destination-port 32526 --jump DROP",
    "iptables --wait 10 --table mangle --insert FORWARD --protocol tcp --destination 169.254.169.254 --destination-port 80 --jump DROP",
  ],
  askedFor: "before the start: /usr/local/sbin/istio-lab-wall",
};

describe("the control plane's run command", () => {
  const tls = "/var/lib/rancher/k3s/server/tls";
  const started = ["systemctl enable --quiet k3s", "systemctl start --no-block k3s"];
  const server = `k3s server --config /etc/istio-lab/server.yaml --tls-san HOST`;
  const tokens = ["K3S_AGENT_TOKEN=token-of-seat-agent-token", "K3S_TOKEN=token-of-seat-server-token"];
  const asked = [
    "k3s kubectl get --raw /readyz",
    "k3s kubectl wait --for=condition=Ready node/server-1a2b3c4d --timeout=1s",
  ];
  const dns = "k3s kubectl --namespace kube-system rollout status deployment/coredns --timeout=1s";

  beforeEach(boot);

  test("brings authorities and tokens, starts k3s with them, and ends when API, node and DNS are ready", async () => {
    expect(await runCommand(seat.server)).toEqual({
      exitCode: 0,
      stdout: "istio-lab: server-1a2b3c4d is ready",
      stderr: "",
    });
    expect(record()).toEqual([
      ...wall.built,
      "systemctl stop k3s",
      ...started,
      wall.askedFor,
      server.replace("HOST", seat.host),
      ...tokens,
      ...asked,
      dns,
    ]);
    // What is secret is left to root alone, and no file is half-written.
    const files = { "server-ca.crt": "644", "server-ca.key": "600", "client-ca.crt": "644", "client-ca.key": "600" };
    expect(fs.readdirSync(machine.path(tls)).sort()).toEqual(Object.keys(files).sort());
    for (const [name, mode] of Object.entries(files)) expect(stat(`${tls}/${name}`), name).toBe(`0:0 ${mode}`);
    expect([stat(tls), stat("/etc/istio-lab/secrets.env"), stat("/etc/istio-lab/server.env")]).toEqual([
      "0:0 700",
      "0:0 600",
      "0:0 644",
    ]);
    expect(fs.readdirSync(machine.path("/etc/istio-lab")).sort()).toEqual([
      "k3s.release",
      "secrets.env",
      "server.env",
      "server.yaml",
    ]);
    const config = parse(seat.kubeconfig).clusters[0].cluster;
    expect(machine.read(`${tls}/server-ca.crt`)).toBe(
      Buffer.from(config["certificate-authority-data"], "base64").toString(),
    );
  });

  test("does nothing to a node that is as it should be", async () => {
    await runCommand(seat.server);
    fs.rmSync(machine.path("/record"));
    expect(await runCommand(seat.server)).toMatchObject({ exitCode: 0 });
    expect(record().filter((line) => /systemctl (stop|daemon-reload)|iptables/.test(line))).toEqual([]);
  });

  test("builds the wall on a node that has none, as an earlier release made it, and its k3s runs on", async () => {
    await runCommand({ ...seat.server, script: seat.server.script.replace(/^build_wall$/m, "") });
    expect(record().filter((line) => /iptables|before the start/.test(line))).toEqual([]);
    fs.rmSync(machine.path("/record"));
    expect(await runCommand(seat.server)).toMatchObject({ exitCode: 0 });
    expect(record().slice(0, wall.built.length)).toEqual(wall.built);
    expect(record()).not.toContain("systemctl stop k3s");
    expect([
      stat("/usr/local/sbin/istio-lab-wall"),
      stat("/etc/systemd/system/k3s.service.d"),
      stat("/etc/systemd/system/k3s.service.d/wall.conf"),
    ]).toEqual(["0:0 755", "0:0 755", "0:0 644"]);
    expect(await machine.run(["systemd-analyze", "verify", "/etc/systemd/system/k3s.service"])).toMatchObject({
      exitCode: 0,
      stderr: "",
    });
  });

  test("starts nothing where the wall cannot be built, and says why", async () => {
    machine.write("/iptables-is-broken", "");
    const { exitCode, stdout, stderr } = await runCommand(seat.server);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: "istio-lab: pods cannot be kept from WireServer and the instance metadata on server-1a2b3c4d",
    });
    expect(stdout).toContain("iptables: no such table");
    expect(record()).toEqual(["systemctl daemon-reload"]);
  });

  test("starts k3s anew under another name", async () => {
    await runCommand(seat.server);
    fs.rmSync(machine.path("/record"));
    await runCommand({
      ...seat.server,
      env: { ...seat.server.env, DNS_NAME: "my-class.westeurope.cloudapp.azure.com" },
    });
    expect(record().slice(0, 5)).toEqual([
      "systemctl stop k3s",
      ...started,
      wall.askedFor,
      server.replace("HOST", "my-class.westeurope.cloudapp.azure.com"),
    ]);
  });

  test.each([
    ["/api-is-down", "the Kubernetes API did not get ready"],
    ["/node-is-down", "the node did not get ready"],
  ])(
    "with %s it ends with what is missing, and with the end of the log, within the 4 KB that Azure shows",
    async (file, text) => {
      machine.write(file, "");
      const short = { ...seat.server, script: seat.server.script.replace("limit=780", "limit=1") };
      const { exitCode, stdout, stderr } = await runCommand(short);
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: `istio-lab: ${text} within 1 s on server-1a2b3c4d` });
      expect(stdout).toContain("line 400 of the service's log");
      expect(stdout.length + stderr.length).toBeLessThan(4_096);
      expect(stdout).not.toMatch(/token-of|PRIVATE/);
    },
  );

  test("without one of its parameters it starts nothing", async () => {
    const { exitCode, stderr } = await runCommand({ ...seat.server, env: { ...seat.server.env, CLIENT_CA_KEY: "" } });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("CLIENT_CA_KEY");
    expect(fs.existsSync(machine.path("/record"))).toBe(false);
  });
});

test("an agent's run command brings the token for joining, and starts k3s with it", async () => {
  boot();
  expect(await runCommand(seat.agent)).toEqual({
    exitCode: 0,
    stdout: "istio-lab: server-1a2b3c4d is ready",
    stderr: "",
  });
  const authority = Buffer.from(seat.server.env.SERVER_CA_CERT!, "base64");
  expect(record()).toEqual([
    ...wall.built,
    "systemctl stop k3s-agent",
    "systemctl enable --quiet k3s-agent",
    "systemctl start --no-block k3s-agent",
    wall.askedFor,
    "k3s agent",
    `K3S_TOKEN=K10${sha256(authority)}::node:token-of-seat-agent-token`,
    "K3S_URL=https://10.77.0.10:6443",
    "k3s kubectl --kubeconfig /var/lib/rancher/k3s/agent/kubelet.kubeconfig wait --for=condition=Ready node/server-1a2b3c4d --timeout=1s",
  ]);
  expect(stat("/etc/istio-lab/secrets.env")).toBe("0:0 600");
});

test.each(["install-k3s.sh", "wall.sh", "server.sh", "agent.sh"])(
  "shellcheck has nothing to say of %s",
  async (name) => {
    const scripts = path.join(__dirname, "../../components/cluster/azure/scripts");
    const commands: Record<string, Command> = { "server.sh": seat.server, "agent.sh": seat.agent };
    const text = commands[name]?.script ?? fs.readFileSync(path.join(scripts, name), "utf8");
    machine.write("/script.sh", text, 0o755);
    expect(await machine.run(["shellcheck", "/script.sh"])).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  },
);

describe("the certificates", () => {
  /** What openssl says to a certificate of the seat and the authority that should have signed it. */
  async function verify(certificate: string, authority: string) {
    machine.write("/certificate.pem", certificate);
    machine.write("/authority.pem", authority);
    return machine.run([
      "openssl",
      "verify",
      "-x509_strict",
      "-purpose",
      "sslclient",
      "-CAfile",
      "/authority.pem",
      "/certificate.pem",
    ]);
  }

  test("openssl verifies the admin's by the clients' authority, and by no other", async () => {
    const pem = (name: string) => Buffer.from(seat.server.env[name]!, "base64").toString();
    const admin = Buffer.from(parse(seat.kubeconfig).users[0].user["client-certificate-data"], "base64").toString();
    expect(await verify(admin, pem("CLIENT_CA_CERT"))).toMatchObject({ exitCode: 0, stdout: "/certificate.pem: OK" });
    expect((await verify(admin, pem("SERVER_CA_CERT"))).exitCode).not.toBe(0);
    const subject = await machine.run(["openssl", "x509", "-in", "/certificate.pem", "-noout", "-subject"]);
    expect(subject.stdout).toMatch(/CN ?= ?istio-lab-admin, O ?= ?system:masters/);
  });

  test("log in at a real kube-apiserver that has the files of the run command; the trainer's check reaches it", async () => {
    boot();
    await runCommand(seat.server);
    const api = await startApi(machine.path("/var/lib/rancher/k3s/server/tls"), seat.host);
    try {
      expect(await api.whoIs(seat.kubeconfig)).toEqual({
        username: "istio-lab-admin",
        groups: ["system:masters", "system:authenticated"],
        mayDoEverything: true,
      });
      await expect(api.whoIs(await signedBy(seat, "SERVER_CA"))).rejects.toMatchObject({ code: 401 });
      const target = {
        host: "localhost",
        port: api.port,
        authority: Buffer.from(seat.server.env.SERVER_CA_CERT!, "base64").toString(),
      };
      await expect(ask(target)).resolves.toBeUndefined();
      await expect(
        ask({ ...target, authority: Buffer.from(seat.server.env.CLIENT_CA_CERT!, "base64").toString() }),
      ).rejects.toThrow(/certificate/);
    } finally {
      await api.stop();
    }
  });
});
