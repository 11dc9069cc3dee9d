import { KUBECTL } from "../../../base/advice";
import type { LessonSettings } from "../lesson";
import type { TaskSpec } from "../tasks/task";
import { having, lacking, routing, weighing } from "../tasks/wanted";
import { namespace } from "./app";

const lesson = "bookinfo";
const service = "reviews";
const setWeights = (v1: number, v3: number) =>
  `npm run -s pulumi -- config set-all --path --plaintext 'istio-lab:canary.reviews.v1=${v1}' --plaintext 'istio-lab:canary.reviews.v3=${v3}'`;

/** The tasks of the page. With the Gateway API there are no subsets and no faults, and so only the first two. */
export function bookinfoTasks({ gatewayApi }: LessonSettings): TaskSpec[] {
  const routed = { namespace, service, gatewayApi };
  const ratings = (fields: Readonly<Record<string, unknown>>) =>
    having("networking.istio.io/v1 VirtualService", namespace, "ratings", fields);
  const rule = ["networking.istio.io/v1 DestinationRule", namespace, service] as const;
  const both: TaskSpec[] = [
    {
      kind: "objects",
      lesson,
      namespace,
      name: "bookinfo-shift-weights",
      title: "Send 80 % of the requests for reviews to v1, the rest to v3",
      section: "2. Change: weights",
      wanted: [weighing(routed, "v1", 80), weighing(routed, "v3", 20)],
      hints: [
        "The weights are in the stack's config, and `npm run up` brings it to the seat.",
        "The keys are istio-lab:canary.reviews.v1 and istio-lab:canary.reviews.v3. Set both at once, because they have to sum to 100.",
        `${setWeights(80, 20)} && npm run up`,
      ],
    },
    {
      kind: "objects",
      lesson,
      namespace,
      name: "bookinfo-route-jason",
      title: "Show v2 of reviews to jason, and to nobody else",
      section: "3. Change: a route for one person",
      wanted: [routing(routed, "jason", "v2")],
      hints: [
        "Which header tells the services behind productpage who is signed in?",
        "The key istio-lab:bookinfo.reviews.users has a version for each user.",
        "npm run -s pulumi -- config set --path istio-lab:bookinfo.reviews.users.jason v2 && npm run up",
      ],
    },
  ];
  if (gatewayApi) return both;
  return [
    ...both,
    {
      kind: "objects",
      lesson,
      namespace,
      name: "bookinfo-inject-fault",
      title: "Let the mesh answer for ratings with an error",
      section: "4. Change: a fault on purpose",
      wanted: [ratings({ "spec.http.*.fault.abort": {} })],
      hints: [
        "Ratings itself stays as it is. Which proxy could answer in its place?",
        "The key istio-lab:bookinfo.ratings.fault.abort has an httpStatus and a percentage.",
        "npm run -s pulumi -- config set-all --path --plaintext 'istio-lab:bookinfo.ratings.fault.abort.httpStatus=500' --plaintext 'istio-lab:bookinfo.ratings.fault.abort.percentage=100' && npm run up",
      ],
    },
    {
      kind: "objects",
      lesson,
      namespace,
      name: "bookinfo-remove-fault",
      title: "Take the fault away again, and share out the requests 50:50",
      section: "4. Change: a fault on purpose",
      after: "bookinfo-inject-fault",
      wanted: [ratings({ "spec.http.*.fault": null }), weighing(routed, "v1", 50), weighing(routed, "v3", 50)],
      hints: [
        "What the config made, the config takes away.",
        "Remove the key istio-lab:bookinfo, and set both weights to 50.",
        `npm run -s pulumi -- config rm --path istio-lab:bookinfo && ${setWeights(50, 50)} && npm run up`,
      ],
    },
    {
      kind: "objects",
      lesson,
      namespace,
      name: "bookinfo-lose-subsets",
      title: "Let the route of reviews lead to subsets that nobody declares",
      section: "5. Break: a route to nowhere",
      wanted: [lacking(...rule)],
      hints: [
        "Which object declares the subsets that a VirtualService names?",
        "It is DestinationRule reviews.",
        `${KUBECTL} delete destinationrule reviews -n ${namespace}`,
      ],
    },
    {
      kind: "objects",
      lesson,
      namespace,
      name: "bookinfo-declare-subsets",
      title: "Declare the subsets again",
      section: "6. Break: somebody else's weights",
      after: "bookinfo-lose-subsets",
      wanted: [having(...rule, { "spec.subsets": [{ name: "v1" }, { name: "v2" }, { name: "v3" }] })],
      hints: [
        "`npm run check -- --lesson bookinfo` names the object that does not exist.",
        "One command makes again what was deleted by hand.",
        "npm run repair -- --yes",
      ],
    },
    {
      kind: "objects",
      lesson,
      namespace,
      name: "bookinfo-patch-weights",
      title: "Change the weights of reviews to 90:10 in the cluster, and not in the config",
      section: "6. Break: somebody else's weights",
      wanted: [weighing(routed, "v1", 90), weighing(routed, "v3", 10)],
      hints: [
        "Which object has the weights, and which command changes an object in place?",
        "It is VirtualService reviews: the two weights of its first route.",
        `${KUBECTL} patch virtualservice reviews -n ${namespace} --type json -p '[{"op":"replace","path":"/spec/http/0/route/0/weight","value":90},{"op":"replace","path":"/spec/http/0/route/1/weight","value":10}]'`,
      ],
    },
    {
      kind: "objects",
      lesson,
      namespace,
      name: "bookinfo-restore-weights",
      title: "Give reviews the weights of the config again",
      section: "7. Put it right",
      after: "bookinfo-patch-weights",
      wanted: [weighing(routed, "v1", 50), weighing(routed, "v3", 50)],
      hints: [
        "Pulumi's state still says 50:50, so `npm run up` would find nothing to do.",
        "One command compares the cluster with what was made, and restores it.",
        "npm run repair -- --yes",
      ],
    },
  ];
}
