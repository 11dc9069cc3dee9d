import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../config";
import { problems } from "./problems";
import { istio, kubernetesRange, minikube as pinned } from "../../../versions";

const { from, to } = istio.kubernetes;

const read = (minikube?: object) =>
  parseConfig({ target: "minikube", ...(minikube && { minikube: JSON.stringify(minikube) }) }).minikube;
const refused = (minikube: unknown) => problems({ target: "minikube", minikube: JSON.stringify(minikube) });

test("what is not set has its default; profile and driver are minikube's or the stack's to choose", () => {
  expect(read()).toEqual({ cpus: 4, memory: 8192, defaults: ["cpus", "memory"], kubernetesVersion: pinned.kubernetes });
  expect(read({ cpus: 4 })).toEqual({
    cpus: 4,
    memory: 8192,
    defaults: ["memory"],
    kubernetesVersion: pinned.kubernetes,
  });
});

test("what is set is kept, numbers stored as text too", () => {
  const given = { profile: "course-7", driver: "docker", cpus: "6", memory: 12000, kubernetesVersion: `1.${to}.5` };
  expect(read(given)).toEqual({ ...given, cpus: 6 });
});

test("a profile's name has 2 to 50 characters, and driver none has no other than minikube's own", () => {
  for (const profile of ["ab", "a".repeat(50)]) expect(read({ profile })).toMatchObject({ profile });
  expect(refused({ driver: "none", profile: "mine" })).toHaveLength(1);
});

describe("refused with its key, its value and what is valid", () => {
  const [names, versions] = [
    "a name of 2 to 50 lower-case letters, digits and dashes that begins and ends with a letter or digit, and is not a command of minikube",
    `an exact release of Kubernetes ${kubernetesRange}, which Istio supports, without v, such as ${pinned.kubernetes}`,
  ];
  test.each([
    [{ profile: "A_b" }, `istio-lab:minikube.profile: "A_b" is not ${names}`],
    [{ profile: "x" }, `istio-lab:minikube.profile: "x" is not ${names}`],
    [{ profile: "a".repeat(51) }, `istio-lab:minikube.profile: "${"a".repeat(51)}" is not ${names}`],
    [{ profile: "delete" }, `istio-lab:minikube.profile: "delete" is not ${names}`],
    [
      { driver: "ssh" },
      'istio-lab:minikube.driver: "ssh" is not a driver; valid: docker, podman, kvm2, qemu2, virtualbox, vmware, vfkit, hyperkit, hyperv, parallels, none',
    ],
    [
      { driver: "none" },
      'istio-lab:minikube.driver: "none" has one profile only: set minikube.profile to minikube as well',
    ],
    [{ cpus: 1 }, "istio-lab:minikube.cpus: 1 is not a whole number from 2 to 256"],
    [{ cpus: 2.5 }, "istio-lab:minikube.cpus: 2.5 is not a whole number from 2 to 256"],
    [{ cpus: "max" }, 'istio-lab:minikube.cpus: "max" is not a whole number from 2 to 256'],
    [{ memory: "8g" }, 'istio-lab:minikube.memory: "8g" is not a whole number from 2200 to 1048576'],
    [
      { kubernetesVersion: `1.${from - 1}.9` },
      `istio-lab:minikube.kubernetesVersion: "1.${from - 1}.9" is not ${versions}`,
    ],
    [
      { kubernetesVersion: `1.${to + 1}.0` },
      `istio-lab:minikube.kubernetesVersion: "1.${to + 1}.0" is not ${versions}`,
    ],
    [{ kubernetesVersion: "v1.33.1" }, `istio-lab:minikube.kubernetesVersion: "v1.33.1" is not ${versions}`],
    [{ kubernetesVersion: 1.33 }, `istio-lab:minikube.kubernetesVersion: 1.33 is not ${versions}`],
    [
      { memmory: 8192 },
      "istio-lab:minikube.memmory: is not a key; valid: profile, driver, cpus, memory, kubernetesVersion",
    ],
    ["docker", 'istio-lab:minikube: "docker" is not a map'],
  ])("%j", (given, problem) => {
    expect(refused(given)).toEqual([problem]);
  });

  test("all at once, and also where the target is another one", () => {
    expect(problems({ target: "embedded", minikube: '{"cpus":0,"driver":"lxc"}' })).toHaveLength(2);
  });
});

test("driver none is accepted with its only profile", () => {
  expect(read({ driver: "none", profile: "minikube" })).toMatchObject({ driver: "none", profile: "minikube" });
});
