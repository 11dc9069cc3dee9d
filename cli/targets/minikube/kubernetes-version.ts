import { MinikubeError } from "../../../components/cluster/minikube/errors";
import type { Minikube } from "../../../components/cluster/minikube/minikube";
import { compareVersions, minorOf } from "../../../components/cluster/minikube/version";
import type { Finding } from "../../preflight/finding";
import type { Machine } from "./preflight";

/**
 * Whether the installed minikube supports this release of Kubernetes. It refuses a release older than it knows.
 * It accepts a newer one that it finds on the internet, with templates of another minor release, which nobody has
 * tested (start.go, validateKubernetesVersion).
 */
export async function kubernetesFinding(
  wanted: string,
  version: string,
  { isForced }: Pick<Machine, "isForced">,
  minikube: Pick<Minikube, "kubernetesRange">,
): Promise<Finding> {
  const name = "Kubernetes";
  let range;
  try {
    range = await minikube.kubernetesRange();
  } catch (error) {
    if (!(error instanceof MinikubeError)) throw error;
    return {
      name,
      status: "notice",
      seen: `${wanted}; minikube ${version} could not be asked whether it supports that: ${error.message}`,
    };
  }
  const { oldest, newest } = range;
  const seen = `${wanted}; minikube ${version} makes ${oldest} to ${newest}`;
  const [tooOld, tooNew] = [compareVersions(wanted, oldest) < 0, compareVersions(wanted, newest) > 0];
  if (!tooOld && !tooNew) return { name, status: "ok", seen };
  if (!tooOld && minorOf(wanted) === minorOf(newest))
    return { name, status: "notice", seen: `${seen}, and searches the internet for a newer patch` };
  if (isForced) return { name, status: "notice", seen: `${seen}, and MINIKUBE_FORCE tells it to continue` };
  const other = tooNew ? ", or install a newer minikube" : "";
  return { name, status: "refused", seen, todo: `set istio-lab:minikube.kubernetesVersion to one of these${other}` };
}
