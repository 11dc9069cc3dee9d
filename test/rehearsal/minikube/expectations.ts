import { availableParallelism } from "node:os";
import { conversion, get, until } from "../../support/http";
import { kubernetesResources } from "../../support/live";
import type { MinikubeLab } from "./lab";

/** What minikube is asked for the profile of the stack dev. */
export const restart =
  "start --profile=istio-lab-dev --kubernetes-version=v1.33.1 --embed-certs --wait=all --interactive=false";
/** A default is at most what this machine has. */
export const creation = (cpus = Math.max(2, Math.min(4, availableParallelism()))) =>
  `${restart} --cpus=${cpus} --memory=8192mb`;
export const remove = "delete --profile=istio-lab-dev";

/** The smallest app answers behind the gateway, all the state says is there, and the program has nothing left to do. */
export async function expectUp(lab: MinikubeLab): Promise<number> {
  const url = `${await lab.checkout.output("GATEWAY_URL")}${conversion}`;
  await until(
    "the gateway",
    60,
    () => get(url),
    ({ status, body }) => status === 200 && body.includes("423.15"),
  );
  await lab.checkout.pulumi("preview", "--expect-no-changes");
  return (await kubernetesResources(lab.checkout)).length;
}
