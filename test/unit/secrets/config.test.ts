import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readShown } from "../../../cli/stack/settings";
import { validateConfig, parseConfig } from "../../../config";
import { configWith, place, shape } from "./places";
import { leakOf, secretNumber, secretText } from "./spellings";
import { istio } from "../../../versions";

/** All that is told of a config: as the CLI tells it, where the secret's path is known, and as the program does, where only its key is. */
function told(raw: Record<string, string>, secrets: readonly string[]): string {
  const { problems } = validateConfig(raw, { secrets, stack: "seat-01" });
  return problems.map(({ path, text }) => `${path}: ${text}`).join("\n");
}

const anySecret = fc.oneof(secretText, secretText, secretNumber);

test("whatever is given as a secret, at any key and of any type, no message shows it", () => {
  fc.assert(
    fc.property(anySecret, place, shape, (secret, path, shape) => {
      const { raw, secret: at } = configWith(path, shape(secret));
      for (const secrets of [[at], [at.replace(/[.[].*/s, "")]])
        expect(leakOf(String(secret), told(raw, secrets))).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

test("the test can fail: what is no secret is shown", () => {
  const { raw } = configWith("mtls", "zQ7correct-horse");
  expect(leakOf("zQ7correct-horse", told(raw, []))).toBe("zQ7correct-horse");
});

test("no message shows any value of existing, secret or not", () => {
  fc.assert(
    fc.property(
      anySecret,
      fc.constantFrom("existing", "existing.kubeconfig", "existing.context", "existing.serviceType", "existing.*"),
      shape,
      (value, path, shape) => {
        const { raw } = configWith(path, shape(value));
        // A key that reads like any word of a config is named, with its value hidden.
        fc.pre(!/^[A-Za-z][\w-]{0,30}$/.test(String(value)));
        expect(leakOf(String(value), told(raw, []))).toBeUndefined();
      },
    ),
    { numRuns: 100 },
  );
});

describe("what is said instead", () => {
  const secretly = (path: string, value: unknown) => {
    const { raw, secret } = configWith(path, value);
    return told({ ...raw, target: raw.target! }, [secret]);
  };

  test.each([
    [
      "mtls",
      "hunter2",
      "mtls: a secret value (a text of one line, not shown) is not a mode; valid: STRICT, PERMISSIVE",
    ],
    [
      "canary.reviews",
      { hunter2: 3 },
      "canary.reviews.(a key that is not shown): a secret value (a number, not shown) is not valid here; valid is a map of v1, v2, v3 to weights that sum to 100",
    ],
    [
      "canary.reviews",
      { v1: 60, v3: 30 },
      "canary.reviews: a secret value (a map, not shown) is not valid here; valid is weights that sum to 100",
    ],
    [
      "canary",
      { hunter2: {} },
      "canary.(a key that is not shown): a key that is not shown is not a service with versions; valid: reviews, my-blog",
    ],
    [
      "storage.loki",
      "a\nb",
      "storage.loki: a secret value (a text of several lines, not shown) is not a size such as 5Gi",
    ],
    ["istio.values.istiod", [7], "istio.values.istiod: a secret value (a list, not shown) is not a map of Helm values"],
    ["kiali", { hunter2: 1 }, "kiali.(a key that is not shown): is not a key; valid: auth, viewOnly"],
    [
      "lessons",
      ["blog", "blog"],
      "lessons[1]: a secret value (a text of one line, not shown) is not valid here; valid is each name once",
    ],
    [
      "unknown",
      "hunter2",
      "unknown: is not a key; valid: target, lessons, canary, canaryPlan, mtls, gatewayApi, bookinfo, blog, addons, kiali, telemetry, storage, istio, azure, minikube, existing, embedded",
    ],
  ])("%s %j", (path, value, text) => expect(secretly(path, value)).toBe(text));

  test("beside a secret, its neighbours are shown, and it is not", () => {
    const raw = { target: "existing", istio: JSON.stringify({ version: "latest", hub: "hunter 2" }) };
    expect(told(raw, ["istio.hub"])).toBe(
      `istio.version: "latest" is not an exact release such as ${istio.version}\n` +
        "istio.hub: a secret value (a text of one line, not shown) is not a registry with its folder, without https:// and without a slash at the end, such as docker.io/istio",
    );
  });

  test("what looks as if --secret was forgotten is not shown either", () => {
    expect(told({ target: "apiVersion: v1\nusers: []" }, [])).toContain(
      "target: a text of 24 characters is not a target",
    );
    expect(told({ target: "existing", mtls: "-----BEGIN RSA PRIVATE KEY-----\nAAAA" }, [])).toContain(
      "mtls: a text of 36 characters is not a mode",
    );
  });
});

describe("pulumi config set --secret istio-lab:existing, without --path", () => {
  const kubeconfig = 'apiVersion: v1\nkind: Config\nusers:\n- name: me\n  user: {token: "hunter2-hunter2"}\n';
  const advice =
    "npm run -s pulumi -- config set --stack seat-01 --secret --path istio-lab:existing.kubeconfig < KUBECONFIG";

  test("names the command that is right, of the program and of the CLI", () => {
    const program = () =>
      parseConfig({ target: "existing", existing: kubeconfig }, { secrets: ["existing"], stack: "seat-01" });
    const cli = () =>
      readShown(
        { "istio-lab:target": { value: "existing" }, "istio-lab:existing": { value: kubeconfig, secret: true } },
        "seat-01",
        ["existing"],
      );
    const message =
      "istio-lab:existing: a secret value (a text of several lines, not shown) is not a map with any of kubeconfig, context, serviceType, serviceAnnotations, host, ports. " +
      `The text of a kubeconfig file is set at its path, from the file: ${advice}`;
    expect(program).toThrow(message);
    expect(cli).toThrow(message);
  });

  test("a key of which the file tells nothing is secret whole; of another the file's paths are", () => {
    const shown = {
      "istio-lab:target": { value: "azure" },
      "istio-lab:minikube": { objectValue: { cpus: "eight", memory: "much" }, secret: true },
    };
    expect(() => readShown(shown, "seat-01", [])).toThrow(
      /minikube.cpus: a secret value \(a text of one line, not shown\)[^]*minikube.memory: a secret value/,
    );
    expect(() => readShown(shown, "seat-01", ["minikube.cpus"])).toThrow(
      /minikube.cpus: a secret value \(a text of one line, not shown\)[^]*minikube.memory: "much" is not/,
    );
  });
});
