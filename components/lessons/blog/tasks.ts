import { KUBECTL } from "../../../base/advice";
import { principal } from "../../mesh/identity";
import type { LessonSettings } from "../lesson";
import type { TaskSpec } from "../tasks/task";
import { having, lacking, weighing } from "../tasks/wanted";
import { myBlog, namespace } from "./app";

const lesson = "blog";
const policyKind = "security.istio.io/v1 AuthorizationPolicy";
const setWeights = (v1: number, v2: number) =>
  `npm run -s pulumi -- config set-all --path --plaintext 'istio-lab:canary.my-blog.v1=${v1}' --plaintext 'istio-lab:canary.my-blog.v2=${v2}' && npm run up`;

export function blogTasks({ gatewayApi }: LessonSettings): TaskSpec[] {
  const routed = { namespace, service: myBlog.app, gatewayApi };
  const weights = (v1: number, v2: number) => [weighing(routed, "v1", v1), weighing(routed, "v2", v2)];
  const frontendMay = (serviceAccount: string) =>
    having(policyKind, namespace, "allow-frontend-to-api", {
      "spec.rules.*.from.*.source.principals.*": principal(namespace, serviceAccount),
    });
  return [
    {
      kind: "objects",
      lesson,
      namespace,
      name: "blog-shift-half",
      title: "Send half of the requests to v2 of my-blog",
      section: "3. Change: the canary goes on",
      wanted: weights(50, 50),
      hints: [
        "The weights are in the stack's config, and `npm run up` brings it to the seat.",
        "The keys are istio-lab:canary.my-blog.v1 and istio-lab:canary.my-blog.v2. Set both at once, because they have to sum to 100.",
        setWeights(50, 50),
      ],
    },
    {
      kind: "objects",
      lesson,
      namespace,
      name: "blog-shift-all",
      title: "Send all requests to v2 of my-blog",
      section: "3. Change: the canary goes on",
      after: "blog-shift-half",
      wanted: weights(0, 100),
      hints: [
        "Version 1 keeps its pods and its place in the route.",
        "The weight of v1 is 0, and that of v2 is 100.",
        setWeights(0, 100),
      ],
    },
    {
      kind: "objects",
      lesson,
      namespace,
      name: "blog-shift-back",
      title: "Take the canary back to 90:10",
      section: "3. Change: the canary goes on",
      after: "blog-shift-all",
      wanted: weights(90, 10),
      hints: [
        "Version 1 still runs, so the way back is the way that you came.",
        "The weight of v1 is 90, and that of v2 is 10.",
        setWeights(90, 10),
      ],
    },
    {
      kind: "objects",
      lesson,
      namespace,
      name: "blog-name-nobody",
      title: "Let the policy of api name an identity that no pod has",
      section: "5. Break: the right policy, the wrong name",
      wanted: [frontendMay("default")],
      hints: [
        "Which object lets frontend call api, and by what does it know the caller?",
        "AuthorizationPolicy allow-frontend-to-api names the principal of frontend's ServiceAccount. Name the account default.",
        `${KUBECTL} patch authorizationpolicy allow-frontend-to-api -n ${namespace} --type json -p '[{"op":"replace","path":"/spec/rules/0/from/0/source/principals","value":["${principal(namespace, "default")}"]}]'`,
      ],
    },
    {
      kind: "objects",
      lesson,
      namespace,
      name: "blog-open-api",
      title: "Take away the policy of api, and with it what shut others out",
      section: "6. Break: no policy at all",
      wanted: [lacking(policyKind, namespace, "allow-frontend-to-api"), lacking(policyKind, namespace, "deny-all")],
      hints: [
        "A workload that any ALLOW policy selects refuses what no policy allows.",
        "Without deny-all and allow-frontend-to-api, no policy selects api.",
        `${KUBECTL} delete authorizationpolicy deny-all allow-frontend-to-api -n ${namespace}`,
      ],
    },
    {
      kind: "objects",
      lesson,
      namespace,
      name: "blog-shut-api",
      title: "Let only frontend call api again",
      section: "7. Put it right",
      after: "blog-open-api",
      wanted: [
        frontendMay("frontend"),
        having(policyKind, namespace, "allow-gateway-to-my-blog"),
        having(policyKind, namespace, "deny-all"),
      ],
      hints: [
        "`npm run check -- --lesson blog` names each policy that no longer exists.",
        "There were three. One command makes again what was deleted by hand.",
        "npm run repair -- --yes",
      ],
    },
  ];
}
