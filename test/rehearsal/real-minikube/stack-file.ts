import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { KUBERNETES } from "../../toolchain/real-minikube";

/** Stack dev on the real minikube: the config of the embedded seat, whose images stand in the registry. @param istio laid over its `istio` */
export function writeStackFile(root: string, istio: Record<string, unknown> = {}): void {
  const { config } = parse(fs.readFileSync(path.join(root, "Pulumi.embedded.yaml"), "utf8")) as {
    config: Record<string, unknown>;
  };
  const own = {
    "istio-lab:target": "minikube",
    "istio-lab:istio": { ...(config["istio-lab:istio"] as object), ...istio },
    "istio-lab:minikube": { driver: "docker", kubernetesVersion: KUBERNETES.slice(1) },
  };
  fs.writeFileSync(path.join(root, "Pulumi.dev.yaml"), stringify({ config: { ...config, ...own } }));
}
