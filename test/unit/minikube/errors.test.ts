import { expect, test } from "vitest";
import { installLine, isTooOld, MinikubeError, reasonIn } from "../../../components/cluster/minikube/errors";
import { generationIn, markOf } from "../../../components/cluster/minikube/marker";

test.each([["1.36.0", false], ["1.36.1", false], ["1.37.0", false], ["2.0.0", false], ["1.36.0-beta.0", false], ["1.35.9", true], ["1.9.99", true], ["0.40.1", true]])("is minikube %s too old? %s", (version, old) => {
  expect(isTooOld(version)).toBe(old);
});

test("each system has its install line", () => {
  expect(installLine("darwin")).toBe("brew install minikube");
  expect(installLine("win32")).toBe("winget install Kubernetes.minikube");
  expect(installLine("linux", "x64")).toMatch(/minikube-linux-amd64 && sudo install minikube-linux-amd64 \/usr\/local\/bin\/minikube$/);
  expect(installLine("linux", "arm64")).toContain("minikube-linux-arm64");
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
