import { KUBECTL } from "../../../base/advice";
import type { TaskSpec } from "../tasks/task";
import { having } from "../tasks/wanted";
import { api, namespace, service } from "./app";

const lesson = "temperature";
const backend = `${service.app}-v1`;

export function temperatureTasks(): TaskSpec[] {
  const replicas = (count: number) => [having("apps/v1 Deployment", namespace, backend, { "spec.replicas": count })];
  const port = (name: string) => [having("v1 Service", namespace, service.app, { "spec.ports.*.name": name })];
  return [
    {
      kind: "objects",
      lesson,
      namespace,
      name: "temperature-hide-protocol",
      title: "Make the proxies see gRPC as a mere stream of bytes",
      section: "4. Break: a port with the wrong name",
      wanted: port("tcp-grpc"),
      hints: [
        "How does a proxy know which protocol a port speaks?",
        `By the name of the port in Service ${service.app}, up to the first dash. The page uses tcp-grpc.`,
        `${KUBECTL} patch service ${service.app} -n ${namespace} --type json -p '[{"op":"replace","path":"/spec/ports/0/name","value":"tcp-grpc"}]'`,
      ],
    },
    {
      kind: "objects",
      lesson,
      namespace,
      name: "temperature-show-protocol",
      title: "Give the port a name that tells its protocol again",
      section: "5. Put it right, and break: nobody behind the API",
      after: "temperature-hide-protocol",
      wanted: port("grpc"),
      hints: [
        "`npm run check -- --lesson temperature` says which field tells the protocol.",
        "The port's name was grpc. One command restores what was changed by hand.",
        "npm run repair -- --yes",
      ],
    },
    {
      kind: "objects",
      lesson,
      namespace,
      name: "temperature-stop-backend",
      title: `Leave nobody behind ${api.app}`,
      section: "5. Put it right, and break: nobody behind the API",
      wanted: replicas(0),
      hints: [
        "The Service stays. How does it lose all of its endpoints?",
        `By a Deployment without pods: ${backend} has the field spec.replicas.`,
        `${KUBECTL} scale deployment ${backend} -n ${namespace} --replicas 0`,
      ],
    },
    {
      kind: "pods",
      lesson,
      namespace,
      name: "temperature-start-backend",
      title: `Have ${service.app} answer again`,
      section: "6. Put it right",
      after: "temperature-stop-backend",
      apps: [{ app: service.app, version: "v1", pods: 1 }],
      // The old pod is still there for a moment after the scaling.
      also: [{ kind: "objects", wanted: replicas(1) }],
      hints: [
        "Four rows of `npm run check` are red. Do they have one cause?",
        "The Deployment needs one pod again.",
        "npm run repair -- --yes",
      ],
    },
  ];
}
