import type { CheckSpec } from "../../../components/lessons/checks/check";
import type { CheckResult, CheckReport } from "../../../cli/check/result";

export const spec: CheckSpec = {
  kind: "answer",
  lesson: "blog",
  name: "blog-host",
  title: "the blog answers for its host, and for no other",
  about: { namespace: "blog", services: ["my-blog"], aspects: ["gateway"] },
  lookAt: "npm run -s kubectl -- get pods",
  images: [],
  cases: [],
};

export function result(over: Partial<CheckResult> = {}): CheckResult {
  return {
    lesson: "blog",
    check: "blog-host",
    title: spec.title,
    status: "passed",
    seen: "200",
    expected: "200",
    seconds: 0.4,
    ...over,
  };
}

/** One of each status. */
export const report: CheckReport = {
  stack: "embedded",
  gatewayUrl: "http://10.231.0.2:31380",
  started: "2026-05-01T10:00:00.123Z",
  seconds: 9.42,
  results: [
    result({
      lesson: "backend",
      check: "backend-pods",
      title: "every pod has its sidecar",
      seen: "3 of 3 pods ready",
      standIn: "http-echo: programs of this lab",
    }),
    result({
      status: "failed",
      seen: 'answered 503 <no healthy upstream> & "reset"\u0007',
      expected: "codewithmsmaxpro.me: 200",
      hint: {
        cause: "VirtualService blog/my-blog: spec.http[0].route[0].destination.subset is v9.",
        look: "kubectl get vs",
        fix: "npm run up",
      },
      failure: { check: spec, seen: "", expected: "", evidence: { statuses: { 503: 3 } } },
    }),
    result({
      check: "blog-split",
      title: "my-blog gets its requests by weight",
      status: "not applicable",
      seen: "the config injects a fault",
    }),
    result({ check: "blog-ui", title: "the page of Kiali", status: "placeholder", seen: "a placeholder answers" }),
  ],
};
