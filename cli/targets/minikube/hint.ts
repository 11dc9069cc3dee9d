import { kubeconfigOf } from "../../../components/cluster/minikube/kubeconfig";
import { quote } from "../../../embedded/node/scripts";

/** A command of minikube's, such as `tunnel`, with the kubeconfig that has the profile: it is in none of the user's own. */
export function minikubeCommand(profile: string, command: string): string {
  return `KUBECONFIG=${quote(kubeconfigOf(profile))} minikube ${command} --profile=${profile}`;
}
