import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { installLine, isTooOld, MinikubeError, reasonIn } from "../../../components/cluster/minikube/errors";
import { generationIn, markOf } from "../../../components/cluster/minikube/marker";

test.each([
  ["1.36.0", false],
  ["1.36.1", false],
  ["1.37.0", false],
  ["2.0.0", false],
  ["1.36.0-beta.0", false],
  ["1.35.9", true],
  ["1.9.99", true],
  ["0.40.1", true],
])("is minikube %s too old? %s", (version, old) => {
  expect(isTooOld(version)).toBe(old);
});

test("each system has its install line", () => {
  expect(installLine("darwin")).toBe("brew install minikube");
  expect(installLine("win32")).toBe("winget install Kubernetes.minikube");
  expect(installLine("linux", "x64")).toMatch(
    /sha256sum --check && sudo install minikube-linux-amd64 \/usr\/local\/bin\/minikube$/,
  );
  expect(installLine("linux", "arm64")).toContain("minikube-linux-arm64");
});

/** The line as it is printed, with stand-ins for curl, which has the two files of a release, and for sudo, which says what it was to do. */
test.each([
  [
    "as it was released",
    "the program",
    { exitCode: 0, installed: "install minikube-linux-amd64 /usr/local/bin/minikube" },
  ],
  ["changed on its way", "another program", { exitCode: 1, installed: "" }],
])("on Linux a minikube %s", async (_, loaded, { exitCode, installed }) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "minikube-install-"));
  const program = (name: string, text: string) =>
    fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  program(
    "curl",
    `case "$2" in *.sha256) echo ${createHash("sha256").update("the program").digest("hex")} ;; *) printf '${loaded}' > "$(basename "$2")" ;; esac`,
  );
  program("sudo", 'echo "$@" > installed');
  const run = await execa("bash", ["-c", installLine("linux", "x64")], {
    cwd: folder,
    env: { PATH: `${folder}:${process.env.PATH}` },
    reject: false,
  });
  const seen = fs.existsSync(path.join(folder, "installed"))
    ? fs.readFileSync(path.join(folder, "installed"), "utf8").trim()
    : "";
  fs.rmSync(folder, { recursive: true });
  expect({ exitCode: run.exitCode, installed: seen }).toEqual({ exitCode, installed });
});

test("of all that minikube prints the reason is kept", () => {
  const printed = [
    "* [p] minikube v1.36.0 on Debian 12.11",
    "  - KUBECONFIG=/dev/null",
    "* Using the docker driver based on user configuration",
    "",
    'X Exiting due to PROVIDER_DOCKER_NOT_RUNNING: "docker version" exit status 1: Cannot connect',
    "* Suggestion: Start the Docker service",
    "╭──────────╮",
    "│  * If the above advice does not help │",
    "╰──────────╯",
  ].join("\n");
  expect(reasonIn(printed)).toBe(
    '  X Exiting due to PROVIDER_DOCKER_NOT_RUNNING: "docker version" exit status 1: Cannot connect\n  * Suggestion: Start the Docker service',
  );
  expect(reasonIn("one\n\ntwo\n")).toBe("  one\n  two");
});

describe("of a long failure of kubeadm", () => {
  // The form is that of minikube's command runners (pkg/minikube/command), kubeadm's preflight (RunChecks) and k8s.io/system-validators (StreamReporter).
  const failure = (stdout: string[], stderr: string[]) =>
    [
      "* Creating docker container",
      "X Exiting due to K8S_KUBELET_NOT_RUNNING: wait: kubeadm init --config /var/tmp/minikube/kubeadm.yaml: Process exited with status 1",
      "stdout:",
      ...stdout,
      "",
      "stderr:",
      ...stderr,
      "",
      "* Suggestion: Check output of 'journalctl -xeu kubelet'",
    ].join("\n");
  const exit =
    "  X Exiting due to K8S_KUBELET_NOT_RUNNING: wait: kubeadm init --config /var/tmp/minikube/kubeadm.yaml: Process exited with status 1";
  const verified = (key: string, value: string, colour: number) =>
    `\u001b[0;37m${key}\u001b[0m: \u001b[0;${colour}m${value}\u001b[0m`;
  const inOrder = Array.from({ length: 30 }, (_, index) =>
    verified(`CGROUPS_${index}`, index % 2 ? "enabled" : "enabled (as module)", 32),
  );
  const suggestion = "  * Suggestion: Check output of 'journalctl -xeu kubelet'";

  test("what was in order is left out, whatever its colour", () => {
    const stderr = [
      "error: error execution phase preflight: [preflight] Some fatal errors occurred:",
      "\t[ERROR SystemVerification]: missing required cgroups: pids",
    ];
    const shown = reasonIn(
      failure(
        [
          "[preflight] The system verification failed. Printing the output from the verification:",
          ...inOrder,
          verified("CGROUPS_PIDS", "missing", 31),
        ],
        stderr,
      ),
    );
    expect(shown.split("\n")).toEqual([
      exit,
      "  stdout:",
      "  [preflight] The system verification failed. Printing the output from the verification:",
      "  CGROUPS_PIDS: missing",
      "  stderr:",
      ...stderr.map((line) => `  ${line.trim()}`),
      suggestion,
    ]);
  });

  test("of its many phases none is shown, but what stopped them", () => {
    const phases = Array.from(
      { length: 40 },
      (_, index) => `[certs] Generating "certificate-${index}" certificate and key`,
    );
    const why = [
      "[kubelet-check] The kubelet is not healthy after 4m0.000s",
      "error: error execution phase wait-control-plane: failed while waiting for the kubelet to start: context deadline exceeded",
    ];
    const shown = reasonIn(
      failure(
        [...phases, why[0]!],
        [
          "\t[WARNING Swap]: swap is supported for cgroup v2 only; an error for others",
          why[1]!,
          "To see the stack trace of this error execute with --v=5 or higher",
        ],
      ),
    );
    expect(shown.split("\n")).toEqual([exit, ...why.map((line) => `  ${line}`), suggestion]);
  });

  test("the last lines are shown where none says why, and never more than twenty", () => {
    const words = Array.from({ length: 60 }, (_, index) => `line ${index}`);
    const silent = reasonIn(["X Exiting due to GUEST_START: no reason", ...words].join("\n")).split("\n");
    expect([silent.length, silent[0], silent.at(-1)]).toEqual([
      20,
      "  X Exiting due to GUEST_START: no reason",
      "  line 59",
    ]);
    const loud = reasonIn(
      ["X Exiting due to GUEST_START: no reason", ...words.map((word) => `error: ${word}`)].join("\n"),
    ).split("\n");
    expect([loud.length, loud[0], loud.at(-1)]).toEqual([
      20,
      "  X Exiting due to GUEST_START: no reason",
      "  error: line 59",
    ]);
  });
});

test("an error prints without a stack", () => {
  expect(new MinikubeError("what is wrong").stack).toBe("what is wrong");
});

test("the mark of a generation is found among a profile's names, and is a DNS name", () => {
  const mark = markOf("0d9f6a3e-7a51-4b8e-9f38-0c8e1d2b3a4c");
  expect(generationIn(["minikube.example", mark])).toBe("0d9f6a3e-7a51-4b8e-9f38-0c8e1d2b3a4c");
  expect(generationIn(["minikube.example"])).toBeUndefined();
  expect(mark).toMatch(/^([a-z0-9-]{1,63}\.)+[a-z]+$/);
});

/** As minikube 1.38.1 prints it for `--output=json`. */
const eventOf = (type: string, data: Record<string, unknown>) =>
  JSON.stringify({
    specversion: "1.0",
    id: "daaf53f0-8c65-434d-aab5-ce98f0d7a5b0",
    source: "https://minikube.sigs.k8s.io/",
    type: `io.k8s.sigs.minikube.${type}`,
    datacontenttype: "application/json",
    data,
  });

test.each<[string, string[], string[]]>([
  [
    "messages",
    [
      eventOf("info", { message: 'Profile "nobody" not found. Run "minikube profile list" to view all profiles.' }),
      eventOf("info", { message: 'To start a cluster, run: "minikube start -p nobody"' }),
    ],
    [
      'Profile "nobody" not found. Run "minikube profile list" to view all profiles.',
      'To start a cluster, run: "minikube start -p nobody"',
    ],
  ],
  [
    "an error, after other events",
    [
      eventOf("step", { message: "looking", name: "Initial Minikube Setup" }),
      eventOf("error", { message: "the daemon\nis silent", name: "PROVIDER_DOCKER_NOT_RUNNING", advice: "Start it" }),
    ],
    ["Exiting due to PROVIDER_DOCKER_NOT_RUNNING: the daemon", "is silent", "* Suggestion: Start it"],
  ],
  ["no event", ['{"message": "mine"}', "5"], ['{"message": "mine"}', "5"]],
])("minikube's events are told in their words: %s", (_, printed, lines) => {
  expect(reasonIn(printed.join("\n"))).toBe(lines.map((line) => `  ${line}`).join("\n"));
});
