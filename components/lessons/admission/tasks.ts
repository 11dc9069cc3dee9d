import { KUBECTL } from "../../../base/advice";
import type { TaskSpec } from "../tasks/task";
import { having } from "../tasks/wanted";
import { claimName, namespace } from "./app";

const lesson = "admission";

/** The default class has a name of each cluster's own, so that the page's fourth section has no task. */
export function admissionTasks(): TaskSpec[] {
  const claim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: claimName, namespace },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "64Mi" } },
      storageClassName: "fast",
    },
  };
  return [
    {
      kind: "objects",
      lesson,
      namespace,
      name: "admission-name-no-class",
      title: "Have the claim name a class that does not exist",
      section: "5. Break: a class that does not exist",
      wanted: [
        having("v1 PersistentVolumeClaim", namespace, claimName, {
          "spec.storageClassName": claim.spec.storageClassName,
        }),
      ],
      hints: [
        "A claim's class cannot be changed. So the claim has to be made again.",
        `Delete claim ${claimName}, and create it with storageClassName fast.`,
        `${KUBECTL} delete pvc ${claimName} -n ${namespace} && echo '${JSON.stringify(claim)}' | ${KUBECTL} create -f -`,
      ],
    },
    {
      kind: "claim",
      lesson,
      namespace,
      name: "admission-get-the-default",
      title: "Let the claim have the cluster's default class again",
      section: "6. Put it right",
      after: "admission-name-no-class",
      claim: claimName,
      hints: [
        "Who fills in the class, and when?",
        "Admission does, when a claim without a class is made. A claim holds data, so that only you may delete it.",
        `${KUBECTL} delete pvc ${claimName} -n ${namespace} && npm run repair -- --yes`,
      ],
    },
  ];
}
