import { KUBECTL } from "../../../base/advice";
import type { LessonSettings } from "../lesson";
import type { TaskSpec } from "../tasks/task";
import { having } from "../tasks/wanted";
import { namespace } from "./app";
import { apps } from "./checks";

const lesson = "backend";

/** Without strict mTLS, most of them would be done from the start. */
export function backendTasks({ mtls }: LessonSettings): TaskSpec[] {
  const policy = (mode: string) => [
    having("security.istio.io/v1 PeerAuthentication", namespace, "default", { "spec.mtls.mode": mode }),
  ];
  const injection = (value: string) => ({
    object: `Namespace ${namespace}`,
    path: `/api/v1/namespaces/${namespace}`,
    fields: { "metadata.labels.istio-injection": value },
  });
  const tasks: TaskSpec[] = [
    {
      kind: "objects",
      lesson,
      namespace,
      name: "backend-let-plaintext-in",
      title: "Let the namespace's pods take plaintext as well",
      section: "4. Break: take plaintext as well",
      wanted: policy("PERMISSIVE"),
      hints: [
        "Which object says what the sidecars of a namespace take?",
        `It is PeerAuthentication default in namespace ${namespace}. Its field spec.mtls.mode is STRICT; another mode takes both.`,
        `${KUBECTL} patch peerauthentication default -n ${namespace} --type merge -p '{"spec":{"mtls":{"mode":"PERMISSIVE"}}}'`,
      ],
    },
    {
      kind: "objects",
      lesson,
      namespace,
      name: "backend-keep-plaintext-out",
      title: "Take mutual TLS only, as before",
      section: "4. Break: take plaintext as well",
      after: "backend-let-plaintext-in",
      wanted: policy("STRICT"),
      hints: [
        "You changed one field. `npm run check` names it, and how to restore it.",
        "PeerAuthentication default needs the mode STRICT. One command restores all that was changed by hand.",
        "npm run repair -- --yes",
      ],
    },
    {
      kind: "objects",
      lesson,
      namespace,
      name: "backend-leave-the-mesh",
      title: "Have the namespace's next pods made without a sidecar",
      section: "5. Break: a pod that left the mesh",
      wanted: [injection("disabled")],
      hints: [
        "Who decides that a new pod gets a sidecar, and by which mark?",
        `istiod looks for the label istio-injection on namespace ${namespace}. It is enabled now.`,
        `${KUBECTL} label namespace ${namespace} istio-injection=disabled --overwrite`,
      ],
    },
    {
      kind: "pods",
      lesson,
      namespace,
      name: "backend-join-the-mesh",
      title: "Bring every pod back into the mesh, with its sidecar",
      section: "6. Put it right",
      after: "backend-leave-the-mesh",
      apps,
      // The pods that exist keep their sidecars while the label is wrong.
      also: [{ kind: "objects", wanted: [injection("enabled")] }],
      hints: [
        "The label is read only when a pod is made. What about the pods that exist?",
        `Set the label back to enabled, and make the pods again that have no sidecar. One command does both.`,
        "npm run repair -- --yes",
      ],
    },
  ];
  return mtls === "STRICT" ? tasks : tasks.filter(({ name }) => name.endsWith("-the-mesh"));
}
