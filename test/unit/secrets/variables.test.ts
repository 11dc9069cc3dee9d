import { describe, expect, test } from "vitest";
import { keepSecret, keepSecretsOf, masked, maskStream } from "../../../base/secret-mask";

/** What opens a backend or a cloud: https://www.pulumi.com/docs/iac/cli/environment-variables and each cloud's own list. */
const variables = [
  "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET", "AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN",
  "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GOOGLE_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN", "VAULT_TOKEN",
]; // prettier-ignore

test.each(variables)("the value of %s is masked", (name) => {
  const value = `value-of-${name.toLowerCase()}`;
  expect(masked(value)).toBe(value);
  keepSecretsOf({ [name]: value });
  expect(masked(`it is ${value}.`)).toBe("it is [secret].");
});

test.each(["password", "secret", "token", "sig", "key", "sas_token", "access-key"])(
  "what %s is in a backend's address is masked, as it stands there and decoded",
  (name) => {
    keepSecretsOf({ PULUMI_BACKEND_URL: `s3://bucket?region=eu-central-1&${name}=${name}%2Fhunter%3D2` });
    expect(masked(`${name}/hunter=2 in eu-central-1`)).toBe("[secret] in eu-central-1");
  },
);

test("a backend's address that is broken hides what it can", () => {
  keepSecretsOf({ PULUMI_BACKEND_URL: "postgres://lab:pass%word-1815@db.example.org/state" });
  expect(masked("pass%word-1815")).toBe("[secret]");
});

describe("a secret", () => {
  test("of eight characters is masked, and none that is shorter: it would stand in words", () => {
    keepSecret("qwxyzq7");
    keepSecret("qwxyzq78");
    expect([masked("qwxyzq7"), masked("qwxyzq78")]).toEqual(["qwxyzq7", "[secret]"]);
  });

  test("is masked without the space around it, each time, and without leaving the rest of a longer one", () => {
    keepSecret("  inner-wxyz\n");
    keepSecret("inner-wxyz-and-more");
    expect(masked("inner-wxyz, inner-wxyz; inner-wxyz-and-more.")).toBe("[secret], [secret]; [secret].");
  });

  test("is no pattern: its special characters stand for themselves", () => {
    keepSecret("a.c*(d)[e]$^|/\\{2}");
    expect(masked("a.c*(d)[e]$^|/\\{2} and abc")).toBe("[secret] and abc");
  });

  test("is none where it stands in messages by right, as a word of the config", () => {
    keepSecret("reviews-v2-weights", new Set(["reviews-v2-weights"]));
    expect(masked("reviews-v2-weights")).toBe("reviews-v2-weights");
  });

  test.each(["token", "password", "secret", "client-key-data", "id-token", "refresh-secret"])(
    "has a part named %s, which is masked alone, however it is quoted",
    (name) => {
      for (const [index, write] of [
        (value: string) => `${name}: ${value}`,
        (value: string) => `"${name}": "${value}", "a": 1`,
        (value: string) => `${name}='${value}'`,
      ].entries()) {
        const value = `${name}-part-${index}`;
        keepSecret(`name: somebody\n${write(value)}\n`);
        expect(masked(`somebody says ${value}!`), value).toBe("somebody says [secret]!");
      }
    },
  );

  test("has dense parts, such as a key in base64, which are masked alone; what has letters of one case is a name", () => {
    const [dense, name] = ["Ab3".repeat(11), "abcdefgh".repeat(5)];
    keepSecret(`first ${dense}\nsecond ${name}`);
    expect([masked(dense), masked(name)]).toEqual(["[secret]", name]);
  });

  describe("in any spelling is masked whole: nothing of it stays before or behind", () => {
    const secret = 'line "one" of 4\n  and line/two?';
    const once = JSON.stringify(secret).slice(1, -1);
    const twice = JSON.stringify(once).slice(1, -1);
    test.each([
      ["as it is", secret],
      ["in JSON", once],
      ["in JSON in JSON", twice],
      ["in JSON in JSON in JSON", JSON.stringify(twice).slice(1, -1)],
      ["on one line, as boards have it", 'line "one" of 4 and line/two?'],
      ["as a part of an address", encodeURIComponent(secret)],
      ["as an address", encodeURI(secret)],
      ["in base64", Buffer.from(secret).toString("base64").replace(/=+$/, "")],
    ])("%s", (_, spelling) => {
      keepSecret(secret);
      expect(masked(`<${spelling}>`)).toBe("<[secret]>");
    });
  });

  test("of the surroundings is the password alone, of which a user without one has none", () => {
    keepSecretsOf({
      PULUMI_BACKEND_URL: "s3://somebody-else@bucket/state-of-the-lab?region=eu-central-1&profile=trainer-of-lab",
    });
    expect(masked("somebody-else, state-of-the-lab, eu-central-1, trainer-of-lab")).toBe(
      "somebody-else, state-of-the-lab, eu-central-1, trainer-of-lab",
    );
    keepSecretsOf({ PULUMI_BACKEND_URL: "POSTGRES://:only-a-password@db.example.org" });
    expect(masked("only-a-password")).toBe("[secret]");
  });

  test("that is dense has 32 letters at least, of three kinds, with its padding", () => {
    const [dense, short, noDigit, noCapital] = [
      `${"Zy9x".repeat(8)}==`,
      "Xw8v".repeat(7),
      "Vuts".repeat(9),
      "u7t6".repeat(9),
    ];
    keepSecret(`one ${dense} two ${short} three ${noDigit} four ${noCapital}.`);
    expect([dense, short, noDigit, noCapital].map(masked)).toEqual(["[secret]", short, noDigit, noCapital]);
  });

  test("is masked in the base64 of a longer text, wherever it begins there", () => {
    const secret = "hunter-two-of-four";
    keepSecret(secret);
    for (const before of ["", "a", "ab", "abc"]) {
      const text = Buffer.from(`${before}${secret}and behind`).toString("base64");
      expect(masked(text), before).toContain("[secret]");
    }
  });
});

test("what goes to a stream is masked where it is text, and its other arguments arrive", () => {
  const written: unknown[][] = [];
  const stream = { write: (...all: unknown[]) => written.push(all) > 0 };
  maskStream(stream as unknown as NodeJS.WriteStream);
  keepSecret("stream-secret-1815");
  const done = () => undefined;
  expect(stream.write("it is stream-secret-1815", "utf8", done)).toBe(true);
  const bytes = Buffer.from("bytes");
  stream.write(bytes);
  expect(written).toEqual([["it is [secret]", "utf8", done], [bytes]]);
});
