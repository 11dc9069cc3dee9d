import { describe, expect, test } from "vitest";
import { checksOf } from "../../../components/checks";
import { lessonCalled, lessonNeeds, lessonOf, lessonsAmong } from "../../../components/lessons/catalog";
import { parseConfig } from "../../../config";
import { problems } from "../config/problems";
import { testLessons } from "./folder";

const lesson = testLessons();
const lessons = (...names: string[]) => ({ lessons: JSON.stringify(names) });
const settings = (raw: Record<string, string>) => parseConfig({ target: "embedded", ...raw });

describe("istio-lab:lessons", () => {
  test("takes a folder, and every problem of it", () => {
    const one = lesson("payments");
    expect(settings(lessons("backend", one.folder)).lessons).toEqual(["backend", one.folder]);
    one.replace("lesson.yaml", "answer:", "anwser:");
    expect(problems(lessons("backend", one.folder)).map(one.short)).toEqual([
      "istio-lab:lessons[1]: ./payments/lesson.yaml:6: entry.anwser: is not a key; valid: service, port, path, host, answer, version",
      "istio-lab:lessons[1]: ./payments/lesson.yaml:4: entry.answer: is not set; valid is a text of every right answer: one line of at most 120 characters",
    ]);
  });

  test.each([
    "./lessons/../secret",
    "../payments",
    "/etc",
    "./",
    "./lessons//payments",
    "./lessons/payments/",
    "lessons/payments",
  ])("refuses %s, which names no folder of this project", (name) => {
    expect(problems(lessons(name))).toEqual([
      `istio-lab:lessons[0]: "${name}" is not a lesson; valid: backend, bookinfo, temperature, blog, admission, or the folder of one's own such as ./lessons/payments`,
    ]);
  });

  test("refuses an image that a seat of this machine cannot have, and no other target does", () => {
    const one = lesson("payments");
    one.replace("manifests/client.yaml", "docker.io/curlimages/curl:8.16.0", "docker.io/library/nginx:1.29");
    expect(problems(lessons(one.folder)).map(one.short)).toEqual([
      expect.stringMatching(
        /^istio-lab:lessons\[0\]: \.\/payments runs the image docker\.io\/library\/nginx:1\.29\. A seat of this machine has no registry, and only these images: docker\.io\/curlimages\/curl:\S+, .*examples-bookinfo-productpage/,
      ),
    ]);
    expect(parseConfig({ target: "minikube", ...lessons(one.folder) }).lessons).toEqual([one.folder]);
  });

  test("refuses a folder twice", () => {
    const { folder, short } = lesson("payments");
    expect(problems(lessons(folder, folder)).map(short)).toEqual(["istio-lab:lessons[1]: ./payments is named twice"]);
  });

  test("refuses what two lessons would share", () => {
    const [one, other] = [lesson("payments"), lesson("billing")];
    other.replace("lesson.yaml", "title:", "namespace: payments\ntitle:");
    expect(problems(lessons(one.folder, other.folder)).map(other.short)).toEqual([
      "istio-lab:lessons[1]: ./billing/lesson.yaml: namespace: payments is the namespace of lesson payments too",
    ]);
    const same = lesson("payments");
    expect(problems(lessons(one.folder, same.folder)).map(same.short)).toEqual([
      "istio-lab:lessons[1]: ./payments: payments is already the name of a lesson; give the folder another name",
      "istio-lab:lessons[1]: ./payments/lesson.yaml: versions.payments: lesson payments has a service of that name too, and istio-lab:canary could mean both",
    ]);
    const backend = lesson("backend");
    expect(problems(lessons(backend.folder)).map(backend.short)[0]).toBe(
      "istio-lab:lessons[0]: ./backend: backend is already the name of a lesson; give the folder another name",
    );
  });
});

describe("istio-lab:canary", () => {
  test("takes the services of its lessons, and the course's", () => {
    const { folder } = lesson("payments");
    const canary = { payments: { v1: 90, v2: 10 }, reviews: { v1: 100 } };
    expect(settings({ ...lessons(folder), canary: JSON.stringify(canary) }).canary).toEqual(canary);
  });

  test("refuses them where their lesson is not named", () => {
    expect(problems({ canary: '{"payments":{"v1":90,"v2":10}}' })).toEqual([
      'istio-lab:canary.payments: "payments" is not a service with versions; valid: reviews, my-blog',
    ]);
  });

  test("refuses a version that they do not have", () => {
    const { folder } = lesson("payments");
    expect(problems({ ...lessons(folder), canary: '{"payments":{"v9":100}}' })).toEqual([
      "istio-lab:canary.payments.v9: payments has no version v9; valid: v1, v2",
    ]);
  });

  test("has a plan for them", () => {
    const { folder } = lesson("payments");
    const canaryPlan = { payments: { to: "v2", steps: [50, 100] } };
    expect(settings({ ...lessons(folder), canaryPlan: JSON.stringify(canaryPlan) }).canaryPlan).toEqual({
      payments: { from: "v1", to: "v2", steps: [50, 100] },
    });
  });
});

describe("what commands know of it", () => {
  test("its checks have the folder's name", () => {
    const { folder } = lesson("payments");
    const checks = checksOf(settings({ ...lessons(folder), addons: "[]", canary: '{"payments":{"v1":90,"v2":10}}' }));
    expect(checks.map(({ lesson, name, kind }) => `${lesson} ${name} ${kind}`)).toEqual([
      "payments payments-pods pods",
      "payments payments-answer answer",
      "payments payments-split split",
      "payments payments-caller access",
      "payments payments-plaintext plaintext",
      "payments payments-analysis analysis",
      "istio istio-analysis analysis",
    ]);
    const [pods, answer, split, caller, plaintext] = checks;
    expect(pods).toMatchObject({
      about: { namespace: "payments", services: ["client", "payments"], aspects: ["pods", "sidecar"] },
      apps: [
        { app: "client", version: "v1", pods: 1 },
        { app: "payments", version: "v1", pods: 1 },
        { app: "payments", version: "v2", pods: 1 },
      ],
    });
    expect(answer).toMatchObject({
      cases: [{ path: "/payments", status: 200, body: { text: "Hello from payments" } }],
      hints: [expect.stringContaining("routes"), expect.stringContaining("VirtualService payments")],
    });
    expect(split).toMatchObject({
      path: "/payments",
      weights: { v1: 90, v2: 10 },
      version: "Hello from payments (v\\d+)",
    });
    expect(caller).toMatchObject({
      cases: [
        {
          from: { namespace: "payments", app: "client", container: "client" },
          method: "GET",
          url: "http://payments/",
          status: 200,
        },
      ],
    });
    expect(plaintext).toMatchObject({ urls: ["http://payments.payments/"], mtls: "STRICT" });
  });

  test("its demand is that of its pods, or what it says itself", () => {
    const one = lesson("payments");
    const needs = () => lessonNeeds({ ...settings(lessons(one.folder)), lessons: [one.folder] });
    expect(needs()).toEqual({ pods: 3, cpu: 30, memory: 96 * 2 ** 20 });
    one.replace("lesson.yaml", "entry:", 'cpu: "1.5"\nmemory: 1Gi\nentry:');
    expect(needs()).toEqual({ pods: 3, cpu: 1500, memory: 2 ** 30 });
  });

  test("it is called by its short name or by its folder", () => {
    const { folder } = lesson("payments");
    expect(lessonCalled("payments", ["backend", folder])).toBe(folder);
    expect(lessonCalled(folder, ["backend", folder])).toBe(folder);
    expect(lessonCalled("billing", ["backend", folder])).toBeUndefined();
    expect(lessonsAmong([folder, "blog", "backend"])).toEqual(["backend", "blog", folder]);
  });

  test("its entry tells the version that answered", () => {
    const { folder } = lesson("payments");
    const { entry, card, calls } = lessonOf(folder);
    expect(entry!.traffic!.versionOf("Hello from payments v2\n")).toBe("v2");
    expect(entry!.traffic!.versionOf("something else")).toBeUndefined();
    expect(card).toEqual({ command: 'curl -s "$URL/payments"', label: "payments" });
    expect(calls).toEqual([{ from: "client", to: "payments" }]);
  });

  test("a folder that is broken says so to whoever needs it", () => {
    const one = lesson("payments");
    one.remove("lesson.yaml");
    expect(() => lessonOf(one.folder)).toThrow(
      `Lesson ${one.folder} cannot be read:\n  ${one.folder}/lesson.yaml: does not exist`,
    );
  });
});
