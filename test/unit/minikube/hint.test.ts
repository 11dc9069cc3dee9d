import { afterEach, expect, test, vi } from "vitest";
import { minikubeCommand } from "../../../cli/targets/minikube/power";

afterEach(() => void vi.unstubAllEnvs());

test("minikube's own commands come with the kubeconfig that has the profile, whatever its folder is called", () => {
  vi.stubEnv("ISTIO_LAB_HOME", "/home/ada/a lab");
  expect(minikubeCommand("istio-lab-dev", "tunnel")).toBe(
    "KUBECONFIG='/home/ada/a lab/minikube/istio-lab-dev/kubeconfig' minikube tunnel --profile=istio-lab-dev",
  );
});
