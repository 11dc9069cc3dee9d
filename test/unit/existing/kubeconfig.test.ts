import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { RunError } from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { chooseContext } from "../../../components/cluster/existing/kubeconfig";
import { newHome, writeKubeconfig } from "./kubeconfig";

let home: string;
beforeEach(() => void (home = newHome()));
afterEach(() => rmSync(home, { recursive: true }));

const choose = (settings: Parameters<typeof chooseContext>[0] = {}, env: Record<string, string> = {}) =>
  chooseContext(settings, { env, home });
const at = (...name: string[]) => path.join(home, ...name);

function refusal(settings: Parameters<typeof chooseContext>[0], env: Record<string, string> = {}): string {
  try {
    choose(settings, env);
  } catch (error) {
    expect(RunError.isInstance(error)).toBe(true); // printed without a stack
    return (error as Error).message;
  }
  throw new Error("it was taken");
}

describe("the kubeconfig", () => {
  it("is the user's own, with its current context, where nothing is said", () => {
    const file = writeKubeconfig(at(".kube", "config"), ["kind-lab", "work"], { current: "work" });
    expect(choose()).toMatchObject({ context: "work", server: "https://work:6443", source: file });
  });

  it("is that of $KUBECONFIG before it; of several the first that says something counts", () => {
    writeKubeconfig(at(".kube", "config"), ["own"], { current: "own" });
    const first = writeKubeconfig(at("a"), ["x"]);
    const second = writeKubeconfig(at("b"), ["x", "y"], { current: "y", cluster: { server: "https://other:6443" } });
    const env = { KUBECONFIG: [first, at("missing"), second].join(path.delimiter) };
    expect(choose({}, env)).toMatchObject({
      context: "y",
      server: "https://other:6443",
      source: `${first}, ${second}`,
    });
    expect(choose({ context: "x" }, env).server).toBe("https://x:6443");
  });

  it("is a file that is named, from the home folder too, or a text", () => {
    const file = writeKubeconfig(at("lab.yaml"), ["k3d"], { current: "k3d" });
    expect(choose({ kubeconfig: file }).context).toBe("k3d");
    expect(choose({ kubeconfig: "~/lab.yaml" }).source).toBe(file);
    const { text } = choose({ kubeconfig: file });
    expect(choose({ kubeconfig: text })).toMatchObject({
      context: "k3d",
      server: "https://k3d:6443",
      source: "the kubeconfig of the config",
    });
  });
});

describe("the text", () => {
  it("holds the context alone, so that a change elsewhere in the file is none of the stack's", () => {
    const file = writeKubeconfig(at(".kube", "config"), ["kind-lab", "work"], { current: "work" });
    const before = choose({ context: "kind-lab" }).text;
    writeKubeconfig(file, ["kind-lab", "more"], { current: "more" });
    expect(choose({ context: "kind-lab" }).text).toBe(before);
    expect(before).not.toMatch(/work|more/);
    expect(parse(before)).toMatchObject({
      "current-context": "kind-lab",
      users: [{ name: "kind-lab", user: { token: "token-of-kind-lab" } }],
    });
  });

  it("has the text of the files it named, found from the kubeconfig's own folder; what is read anew each time keeps its path", () => {
    writeFileSync(at("ca.crt"), "AUTHORITY");
    writeFileSync(at("client.key"), "KEY");
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "aws", args: ["eks", "get-token"] };
    const user = { "client-key": "client.key", tokenFile: "token", exec };
    const file = writeKubeconfig(at("config"), ["minikube"], {
      current: "minikube",
      cluster: { "certificate-authority": at("ca.crt") },
      user,
    });
    const { clusters, users } = parse(choose({ kubeconfig: file }).text);
    expect(clusters[0].cluster).toEqual({
      server: "https://minikube:6443",
      "certificate-authority-data": Buffer.from("AUTHORITY").toString("base64"),
    });
    expect(users[0].user).toEqual({
      token: "token-of-minikube",
      tokenFile: at("token"),
      exec,
      "client-key-data": Buffer.from("KEY").toString("base64"),
    });
  });
});

describe("each file that it names", () => {
  it.each<["cluster" | "user", string]>([
    ["cluster", "certificate-authority"],
    ["user", "client-certificate"],
    ["user", "client-key"],
  ])(
    "of the %s, %s: its text is taken in, found from the kubeconfig's folder; what is there as text already counts",
    (part, key) => {
      const [folder, list] = [at("elsewhere"), part === "cluster" ? "clusters" : "users"];
      const of = (entry: object) => (part === "cluster" ? { cluster: entry } : { user: entry });
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, "file.pem"), "TEXT");
      const taken = (more: object) =>
        parse(
          choose({
            kubeconfig: writeKubeconfig(path.join(folder, "config"), ["a"], {
              current: "a",
              ...of({ [key]: "file.pem", ...more }),
            }),
          }).text,
        )[list][0][part];
      expect(taken({})).toMatchObject({ [`${key}-data`]: Buffer.from("TEXT").toString("base64") });
      expect(taken({})).not.toHaveProperty([key]);
      expect(taken({ [`${key}-data`]: "b3du" })).toMatchObject({ [`${key}-data`]: "b3du" });
      rmSync(path.join(folder, "file.pem"));
      expect(refusal({ kubeconfig: path.join(folder, "config") })).toMatch(
        new RegExp(`${key} of a is in .*/elsewhere/file\\.pem, which does not exist$`),
      );
    },
  );

  it("of a token is read anew each time, and its path holds from anywhere", () => {
    mkdirSync(at("elsewhere"), { recursive: true });
    const file = writeKubeconfig(at("elsewhere/config"), ["a"], { current: "a", user: { tokenFile: "token" } });
    expect(parse(choose({ kubeconfig: file }).text).users[0].user.tokenFile).toBe(at("elsewhere/token"));
  });

  it.each([
    ["./bin/login", "elsewhere/bin/login"],
    ["bin/login", "elsewhere/bin/login"],
    ["../login", "login"],
  ])("of a program that gives credentials, %s, starts at the kubeconfig's own folder", (command, found) => {
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command, args: ["./bin"] };
    const file = writeKubeconfig(at("elsewhere/config"), ["a"], { current: "a", user: { exec } });
    expect(parse(choose({ kubeconfig: file }).text).users[0].user.exec).toEqual({ ...exec, command: at(found) });
  });

  it.each(["aws", "/usr/bin/aws"])("a program %s, which is found elsewhere, stays as it is", (command) => {
    const file = writeKubeconfig(at("elsewhere/config"), ["a"], { current: "a", user: { exec: { command } } });
    expect(parse(choose({ kubeconfig: file }).text).users[0].user.exec).toEqual({ command });
  });

  it("an empty path is none", () => {
    const file = writeKubeconfig(at("c"), ["a"], { current: "a", user: { tokenFile: "" } });
    expect(parse(choose({ kubeconfig: file }).text).users[0].user.tokenFile).toBe("");
  });
});

it("a context that is named counts before the current one, and a current one that is empty is none", () => {
  const file = writeKubeconfig(at("c"), ["a", "b"], { current: "b" });
  expect([choose({ kubeconfig: file }).context, choose({ kubeconfig: file, context: "a" }).context]).toEqual([
    "b",
    "a",
  ]);
  expect(refusal({ kubeconfig: writeKubeconfig(at("c"), ["a", "b"], { current: "" }) })).toMatch(
    /has no current context; there are a, b$/,
  );
});

describe("refused, naming the key", () => {
  it.each<[string, () => string, RegExp]>([
    [
      "no kubeconfig at all",
      () => refusal({}),
      /^istio-lab:existing\.kubeconfig: is not set, and there is no \/.*\/\.kube\/config$/,
    ],
    [
      "a $KUBECONFIG that is not there",
      () => refusal({}, { KUBECONFIG: "/no/where" }),
      /is not set, and there is no \/no\/where \(\$KUBECONFIG\)$/,
    ],
    [
      "a file that is not there",
      () => refusal({ kubeconfig: "/no/file" }),
      /^istio-lab:existing\.kubeconfig: there is no file \/no\/file$/,
    ],
    [
      "a token in its place",
      () => refusal({ kubeconfig: "eyJhbGciOiJIUzI1NiJ9.hunter2" }),
      /^istio-lab:existing\.kubeconfig: there is no file of that name \(a text of 28 characters, not shown\); valid is the path of a kubeconfig file, or the file's text$/,
    ],
    [
      "base64 in its place",
      () => refusal({ kubeconfig: Buffer.from("apiVersion: v1\nusers: [hunter2]\n").toString("base64").repeat(2) }),
      /there is no file of that name \(a text of 88 characters, not shown\)/,
    ],
    [
      "an unknown context",
      () => refusal({ context: "prod", kubeconfig: writeKubeconfig(at("c"), ["a", "b"]) }),
      /^istio-lab:existing\.context: .*\/c has no context "prod"; there are a, b$/,
    ],
    [
      "no current context",
      () => refusal({ kubeconfig: writeKubeconfig(at("c"), ["a", "b"]) }),
      /^istio-lab:existing\.context: is not set, and .*\/c has no current context; there are a, b$/,
    ],
    ["no context at all", () => refusal({ kubeconfig: writeKubeconfig(at("c"), []) }), /; there is none$/],
    [
      "a context whose user is missing",
      () => refusal({ kubeconfig: writeKubeconfig(at("c"), ["a"], { current: "a", context: { user: "bob" } }) }),
      /context a of .* names the user "bob", which does not exist$/,
    ],
    [
      "a certificate that is missing",
      () =>
        refusal({
          kubeconfig: writeKubeconfig(at("c"), ["a"], { current: "a", user: { "client-certificate": "x.crt" } }),
        }),
      /client-certificate of a is in .*\/x\.crt, which does not exist$/,
    ],
  ])("%s", (_, said, text) => expect(said()).toMatch(text));

  it.each(["{ broken\n", "just a text\nof two lines", "- a\n- list\n"])(
    "what is not a kubeconfig, without showing it (%j)",
    (kubeconfig) => {
      expect(refusal({ kubeconfig })).toBe("istio-lab:existing.kubeconfig: the given text is not a kubeconfig");
    },
  );
});
