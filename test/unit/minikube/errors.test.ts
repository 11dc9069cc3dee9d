import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { installLine, isTooOld, MinikubeError, reasonIn } from "../../../components/cluster/minikube/errors";
import { generationIn, markOf } from "../../../components/cluster/minikube/marker";

test.each([["1.36.0", false], ["1.36.1", false], ["1.37.0", false], ["2.0.0", false], ["1.36.0-beta.0", false], ["1.35.9", true], ["1.9.99", true], ["0.40.1", true]])("is minikube %s too old? %s", (version, old) => {
  expect(isTooOld(version)).toBe(old);
});

test("each system has its install line", () => {
  expect(installLine("darwin")).toBe("brew install minikube");
  expect(installLine("win32")).toBe("winget install Kubernetes.minikube");
  expect(installLine("linux", "x64")).toMatch(/sha256sum --check && sudo install minikube-linux-amd64 \/usr\/local\/bin\/minikube$/);
  expect(installLine("linux", "arm64")).toContain("minikube-linux-arm64");
});

/** The line as it is printed, with stand-ins for curl, which has the two files of a release, and for sudo, which says what it was to do. */
test.each([
  ["as it was released", "the program", { exitCode: 0, installed: "install minikube-linux-amd64 /usr/local/bin/minikube" }],
  ["changed on its way", "another program", { exitCode: 1, installed: "" }],
])("on Linux a minikube %s", async (_, loaded, { exitCode, installed }) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "minikube-install-"));
  const program = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  program("curl", `case "$2" in *.sha256) echo ${createHash("sha256").update("the program").digest("hex")} ;; *) printf '${loaded}' > "$(basename "$2")" ;; esac`);
  program("sudo", 'echo "$@" > installed');
  const run = await execa("bash", ["-c", installLine("linux", "x64")], { cwd: folder, env: { PATH: `${folder}:${process.env.PATH}` }, reject: false });
  const seen = fs.existsSync(path.join(folder, "installed")) ? fs.readFileSync(path.join(folder, "installed"), "utf8").trim() : "";
  fs.rmSync(folder, { recursive: true });
  expect({ exitCode: run.exitCode, installed: seen }).toEqual({ exitCode, installed });
});

test("of all that minikube prints the reason is kept", () => {
  const printed = [
    "* [p] minikube v1.36.0 on Debian 12.11", "  - KUBECONFIG=/dev/null", "* Using the docker driver based on user configuration", "",
    'X Exiting due to PROVIDER_DOCKER_NOT_RUNNING: "docker version" exit status 1: Cannot connect', "* Suggestion: Start the Docker service",
    "╭──────────╮", "│  * If the above advice does not help │", "╰──────────╯",
  ].join("\n");
  expect(reasonIn(printed)).toBe('  X Exiting due to PROVIDER_DOCKER_NOT_RUNNING: "docker version" exit status 1: Cannot connect\n  * Suggestion: Start the Docker service');
  expect(reasonIn("one\n\ntwo\n")).toBe("  one\n  two");
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
