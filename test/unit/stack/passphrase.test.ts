import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { saltIn } from "../../../cli/stack/answers";
import { passphraseFile, requirePassphrase, wrongPassphrase } from "../../../cli/stack/passphrase";

const root = vi.hoisted(() => ({ folder: "" }));
vi.mock("../../../base/paths", () => ({
  get projectRoot() {
    return root.folder;
  },
  labRoot: () => path.join(root.folder, ".lab"),
}));

beforeEach(() => {
  root.folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-passphrase-"));
  fs.mkdirSync(path.join(root.folder, ".lab"));
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", undefined);
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE_FILE", undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(root.folder, { recursive: true });
});

const put = (name: string, text: string) => {
  const file = path.join(root.folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
};

/** A salt as Pulumi writes it for a passphrase. */
function saltFor(passphrase: string): string {
  const [salt, nonce] = [randomBytes(8), randomBytes(12)];
  const cipher = createCipheriv("aes-256-gcm", pbkdf2Sync(passphrase, salt, 1_000_000, 32, "sha256"), nonce);
  const sealed = Buffer.concat([cipher.update("pulumi"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${salt.toString("base64")}:v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}

describe("the checkout's own passphrase", () => {
  it("is generated once, for its owner alone", () => {
    const file = passphraseFile();
    const text = fs.readFileSync(file, "utf8");
    expect(text).toMatch(/^[\w-]{43}$/);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(fs.readFileSync(passphraseFile(), "utf8")).toBe(text);
  });

  it("is never generated beside a state that another one has locked", () => {
    const locked = put(
      ".lab/state/.pulumi/stacks/istio-lab/dev.json",
      '{"checkpoint":{"latest":{"secrets_providers":{"state":{"salt":"v1:"}}}}}',
    );
    const file = path.join(root.folder, ".lab", "passphrase");
    expect(() => passphraseFile()).toThrow(
      `${file} is missing. It has the passphrase of the secrets in ${locked}. Nothing`,
    );
    expect(fs.existsSync(file)).toBe(false);
  });

  it("is generated beside a state that nothing locks", () => {
    put(".lab/state/.pulumi/stacks/istio-lab/dev.json", '{"checkpoint":{"latest":{}}}');
    put(".lab/state/.pulumi/stacks/istio-lab/old.json.bak", '{"salt":"v1:"}');
    put("Pulumi.elsewhere.yaml", "encryptionsalt: v1:abc\nconfig: {}\n");
    expect(fs.existsSync(passphraseFile())).toBe(true);
  });
});

describe("a passphrase from the user's shell", () => {
  const salt = saltFor("right");

  it("that opens the stack is taken", () => {
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "right");
    expect(() => requirePassphrase("dev", salt)).not.toThrow();
  });

  it("of another project is refused with the variable's name, and the file that counts without it", () => {
    const own = put(".lab/passphrase", "right\n");
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "hunter2");
    expect(() => requirePassphrase("dev", salt)).toThrow(
      "The passphrase is not the one of stack dev. It comes from PULUMI_CONFIG_PASSPHRASE in this shell. Nothing has been changed.\n" +
        `If it belongs to another project, \`unset PULUMI_CONFIG_PASSPHRASE\`: then ${own} is used again.`,
    );
  });

  it("in another project's file is refused with variable and file", () => {
    const file = put("other/passphrase", "hunter2\n");
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE_FILE", file);
    expect(() => requirePassphrase("dev", salt)).toThrow(
      `It comes from the file ${file}, which PULUMI_CONFIG_PASSPHRASE_FILE names. Nothing has been changed.\n` +
        "Set PULUMI_CONFIG_PASSPHRASE to the passphrase that the stack was made with.",
    );
  });

  it("in the checkout's own file is left to Pulumi, as a salt of another form is", () => {
    const own = put(".lab/passphrase", "hunter2");
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE_FILE", own);
    expect(() => requirePassphrase("dev", salt)).not.toThrow();
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "hunter2");
    expect(() => requirePassphrase("dev", "v2:abc")).not.toThrow();
    expect(wrongPassphrase("stack dev")).toContain("PULUMI_CONFIG_PASSPHRASE in this shell");
  });
});

it("only a passphrase's salt is read from an export", () => {
  const exported = (secrets_providers?: object) => JSON.stringify({ version: 3, deployment: { secrets_providers } });
  expect(saltIn(exported({ type: "passphrase", state: { salt: "v1:a" } }))).toBe("v1:a");
  expect(saltIn(exported({ type: "service", state: { url: "x" } }))).toBeUndefined();
  expect(saltIn(exported())).toBeUndefined();
});
