import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { userData } from "../../../components/cluster/azure/machine";
import { azure } from "./config";
import { defaultK3s } from "../../../versions";

const text = userData(azure().k3s);
/** That of a seat which an earlier release made: its config has a hash alone. */
const earlier = userData(azure({ k3s: { sha256: "0123456789abcdef".repeat(4) } }).k3s);
const document = parse(text);
const file = (path: string) => document.write_files.find((one: { path: string }) => one.path === path);

test("is cloud-config, small enough for Azure (64 KB as base64), and names release and hash", () => {
  expect(text.startsWith("#cloud-config\n")).toBe(true);
  expect(Buffer.from(text).toString("base64").length).toBeLessThan(65_536);
  expect(file("/etc/istio-lab/k3s.release").content).toBe(
    `K3S_VERSION=${defaultK3s.version}\nK3S_SHA256=${defaultK3s.sha256}\n`,
  );
});

test("is the text that the VMs which run were made with", () => {
  const changed =
    "another user data is another generation: up would replace the VMs of every seat that runs. What such a seat has to get too belongs into the run command, scripts/common.sh";
  expect(createHash("sha256").update(earlier).digest("hex"), changed).toBe(
    "39789f9a762d7ac50811948c4a0b0584f437c15e41bec8f31b50d80392060f5d",
  );
});

test("turns Traefik off and leaves ServiceLB on", () => {
  expect(parse(file("/etc/istio-lab/server.yaml").content)).toEqual({ disable: ["traefik"] });
});

test("holds no secret, and starts nothing that needs one", () => {
  expect(text).not.toMatch(/TOKEN=|PRIVATE KEY|CERTIFICATE/);
  expect(document.runcmd).toEqual([["/usr/local/sbin/istio-lab-install-k3s"]]);
});

test("every file is root's, and only the script can be run", () => {
  expect(
    document.write_files.map(({ path, owner, permissions }: Record<string, string>) => [path, owner, permissions]),
  ).toEqual([
    ["/etc/istio-lab/k3s.release", "root:root", "0644"],
    ["/etc/istio-lab/server.yaml", "root:root", "0644"],
    ["/etc/sysctl.d/90-istio-lab.conf", "root:root", "0644"],
    ["/etc/systemd/system/k3s.service", "root:root", "0644"],
    ["/etc/systemd/system/k3s-agent.service", "root:root", "0644"],
    ["/usr/local/sbin/istio-lab-install-k3s", "root:root", "0755"],
  ]);
});
