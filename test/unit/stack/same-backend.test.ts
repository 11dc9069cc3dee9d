import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backendAddress, chosenBackend, fileUrl, lockFolder, ownBackendUrl } from "../../../cli/stack/backend";
import { forgetBackend, noteBackend, requireSameBackend, stacksElsewhere } from "../../../cli/stack/same-backend";

let home: string;
beforeEach(() => {
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-backend-")));
  for (const name of ["PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"]) vi.stubEnv(name, undefined);
  vi.stubEnv("ISTIO_LAB_HOME", path.join(home, "lab"));
  vi.stubEnv("PULUMI_HOME", path.join(home, "pulumi"));
  vi.stubEnv("npm_lifecycle_event", "down");
  vi.stubEnv("npm_lifecycle_script", "node cli/run.mjs down");
  process.argv.splice(2, Infinity, "down", "--stack", "x2");
});
const argv = [...process.argv];
afterEach(() => {
  process.argv = [...argv];
  vi.unstubAllEnvs();
  fs.rmSync(home, { recursive: true });
});

const other = () => vi.stubEnv("PULUMI_BACKEND_URL", `file://${home}/other`);
function login(current: string): void {
  fs.mkdirSync(path.join(home, "pulumi"), { recursive: true });
  fs.writeFileSync(path.join(home, "pulumi/credentials.json"), current);
}
function checkpoint(text: string): void {
  const file = path.join(home, "lab/state/.pulumi/stacks/istio-lab/x2.json");
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}
function refusal(...stacks: string[]): string {
  try {
    requireSameBackend(...stacks);
  } catch (error) {
    expect((error as Error).name).toBe("UserError");
    return (error as Error).message;
  }
  return "";
}

describe("a lock whose process is gone", () => {
  const [ext4, nfs, smb, fuse, ninep] = [0xef53, 0x6969, 0xfe534d42, 0x65735546, 0x01021997];
  const machine = { pid: "pid:[4026531836]", uts: "uts:[4026531838]" };
  const folderFor = (url: string, type = ext4, namespaces: Partial<typeof machine> = {}) =>
    lockFolder(
      { url, own: false, by: "environment", organizations: false },
      () => type!,
      (kind) => ({ ...machine, ...namespaces })[kind],
    );

  it("is known to be this machine's in our own state, and in a folder of its disks", () => {
    expect(lockFolder()).toBe(`${home}/lab/state`);
    expect(folderFor(`file://${home}`)).toBe(home);
    // As it is here.
    expect(lockFolder({ url: `file://${home}`, own: false, by: "environment", organizations: false })).toBe(home);
  });

  // statfs(2) names each type, and linux/magic.h has its number.
  it.each([
    ["ext4", ext4],
    ["XFS", 0x58465342],
    ["Btrfs", 0x9123683e],
    ["ZFS", 0x2fc12fc1],
    ["F2FS", 0xf2f52010],
    ["tmpfs", 0x01021994],
    ["overlayfs", 0x794c7630],
  ])("is this machine's to break on %s", (_, type) => expect(folderFor(`file://${home}`, type)).toBe(home));

  it.each(["s3://bucket", "gs://bucket", "azblob://container", "https://api.pulumi.com"])(
    "is nobody's to break in %s",
    (url) => expect(folderFor(url)).toBeUndefined(),
  );

  it.each([
    ["NFS", nfs],
    ["SMB", smb],
    ["FUSE", fuse],
    ["9p", ninep],
  ])("is nobody's to break on %s: another machine of that name may have taken it", (_, type) =>
    expect(folderFor(`file://${home}`, type)).toBeUndefined(),
  );

  it("is nobody's to break in a container with the machine's name, which does not see its processes; one with a name of its own sees all that have it", () => {
    expect(folderFor(`file://${home}`, ext4, { pid: "pid:[4026539999]" })).toBeUndefined();
    expect(folderFor(`file://${home}`, ext4, { pid: "pid:[4026539999]", uts: "uts:[4026539998]" })).toBe(home);
    expect(folderFor(`file://${home}/none`)).toBeUndefined();
  });
});

describe("the chosen backend", () => {
  it("is the checkout's own where nobody chose one", () => {
    expect(chosenBackend()).toEqual({
      url: `file://${home}/lab/state`,
      by: "checkout",
      own: true,
      organizations: false,
    });
  });

  it("is the one of PULUMI_BACKEND_URL, also where that is the own one, as `npm run -s env` sets it", () => {
    vi.stubEnv("PULUMI_BACKEND_URL", `file://${home}/lab/state?metadata=skip`);
    expect(chosenBackend()).toMatchObject({ by: "environment", own: true });
    other();
    expect(chosenBackend()).toMatchObject({
      url: `file://${home}/other`,
      by: "environment",
      own: false,
      organizations: false,
    });
  });

  it("is named so that Pulumi reads the path of the folder, whatever is in it; the text of a plain path stays what it was", () => {
    expect(fileUrl("/home/me/my lab, 'ü:'/.lab/state")).toBe("file:///home/me/my lab, 'ü:'/.lab/state");
    const odd = path.join(home, "100% #1?%41\n");
    vi.stubEnv("ISTIO_LAB_HOME", odd);
    expect(ownBackendUrl()).toBe(`file://${home}/100%25 %231%3F%2541%0A/state?metadata=skip`);
    // As Go's URL has it: nothing but the path, which is the folder's.
    expect(new URL(ownBackendUrl())).toMatchObject({ hash: "", search: "?metadata=skip" });
    expect(decodeURIComponent(new URL(ownBackendUrl()).pathname)).toBe(`${odd}/state`);
    expect(chosenBackend()).toMatchObject({ by: "checkout", own: true });
    vi.stubEnv("PULUMI_BACKEND_URL", ownBackendUrl());
    expect(chosenBackend()).toMatchObject({ by: "environment", own: true });
    noteBackend("x2");
    expect(refusal("x2")).toBe("");
  });

  it.each([
    ["with a character encoded that needs none", "file:///tmp/a%20b", "file:///tmp/a b"],
    ["with a fragment, which is no part of the path", "file:///tmp/a#b?metadata=skip", "file:///tmp/a"],
    ["that is none", "file:///tmp/100%", "file:///tmp/100%"],
    ["of a path with a percent sign", "file:///tmp/100%25", "file:///tmp/100%25"],
  ])("a URL %s is read as Pulumi reads it, and reading its text again changes nothing", (_, url, text) => {
    expect(backendAddress(url)).toBe(text);
    expect(backendAddress(text)).toBe(text);
  });

  it("a note of an earlier version, which kept such a URL as it was typed, names the same backend", () => {
    vi.stubEnv("PULUMI_BACKEND_URL", `file://${home}/a%20b`);
    fs.mkdirSync(path.join(home, "lab/stacks"), { recursive: true });
    fs.writeFileSync(
      path.join(home, "lab/stacks/x2.json"),
      JSON.stringify({ url: `file://${home}/a%20b`, own: false }),
    );
    expect(refusal("x2")).toBe("");
  });

  it("is that of the login, and Pulumi's service has organizations", () => {
    login('{"current":"https://api.pulumi.com"}');
    expect(chosenBackend()).toEqual({ url: "https://api.pulumi.com", by: "login", own: false, organizations: true });
    login('{"current":""}');
    expect(chosenBackend().by).toBe("checkout");
  });

  it("is unknown where the login cannot be read: that is no absence of one", () => {
    login('{"current":');
    expect(() => chosenBackend()).toThrow(
      /credentials\.json cannot be read \(.*\)\. It says which backend has the stacks/,
    );
  });

  it("has no password in its text", () => {
    vi.stubEnv("PULUMI_BACKEND_URL", "postgres://me:tea@db/pulumi?sslmode=require&sslpassword=milk");
    expect(chosenBackend().url).toBe("postgres://me@db/pulumi?sslmode=require");
  });
});

describe("a stack is refused in another backend than the one it is kept in", () => {
  it("by the note of `up`: both are named, with the one command for each", () => {
    noteBackend("x2");
    expect(refusal("x2")).toBe("");
    other();
    expect(refusal("x2")).toBe(
      [
        "Stack x2 is kept in a Pulumi backend that is not the chosen one. Nothing has been changed.",
        `- kept in this checkout's own, ${home}/lab/state; there: PULUMI_BACKEND_URL='file://${home}/lab/state?metadata=skip' npm run down -- --stack x2`,
        `- chosen by PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN: file://${home}/other; if the stack was moved there: npm run up -- --stack x2 --backend-moved`,
        "A new seat in the chosen backend needs a name that no stack has.",
      ].join("\n"),
    );
    expect(stacksElsewhere()).toEqual(["x2"]);
    noteBackend("x2");
    expect(refusal("x2")).toBe("");
  });

  it("also when the other one is chosen by a login, and the own one by nobody", () => {
    login(`{"current":"file://${home}/other"}`);
    noteBackend("x2");
    login('{"current":""}');
    expect(refusal("x2")).toContain(
      `- kept in file://${home}/other; there: PULUMI_BACKEND_URL=file://${home}/other npm run down -- --stack x2`,
    );
    expect(refusal("x2")).toContain(
      "- chosen by default, because PULUMI_BACKEND_URL is not set and nobody is logged in: this checkout's own,",
    );
    login('{"current":"https://api.pulumi.com"}');
    noteBackend("x2");
    login('{"current":""}');
    expect(refusal("x2")).toContain(
      "there: npx pulumi login https://api.pulumi.com, and then npm run down -- --stack x2",
    );
  });

  it("also when neither of the two is the own one", () => {
    other();
    noteBackend("x2");
    vi.stubEnv("PULUMI_BACKEND_URL", `file://${home}/third`);
    expect(refusal("x2")).toContain(
      `- kept in file://${home}/other; there: PULUMI_BACKEND_URL=file://${home}/other npm run down -- --stack x2\n- chosen by PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN: file://${home}/third`,
    );
    expect(stacksElsewhere()).toEqual(["x2"]);
  });

  it("without a note, where the own state has resources of it, or cannot be read", () => {
    other();
    for (const text of ['{"checkpoint":{"latest":{"resources":[{}]}}}', '{"checkp']) {
      checkpoint(text);
      expect(refusal("x2", "y")).toMatch(/^Stack x2 is kept in a Pulumi backend that is not the chosen one/);
    }
    for (const empty of ['{"checkpoint":{"latest":{"resources":[]}}}', '{"checkpoint":{"latest":null}}']) {
      checkpoint(empty);
      expect(refusal("x2")).toBe("");
    }
  });

  it("never to advise that anything be deleted; all of a class' stacks are named at once", () => {
    for (const stack of ["x2", "x3"]) noteBackend(stack);
    other();
    expect(refusal("x1", "x2", "x3")).toMatch(/^Stacks x2, x3 are kept in a Pulumi backend that is not the chosen one/);
    expect(refusal("x2")).not.toMatch(/delete|destroy|remove|\brm\b/i);
  });

  it("not when it was taken down, nor when the checkout was moved with its own state", () => {
    noteBackend("x2");
    fs.renameSync(path.join(home, "lab"), path.join(home, "moved"));
    vi.stubEnv("ISTIO_LAB_HOME", path.join(home, "moved"));
    expect(refusal("x2")).toBe("");
    forgetBackend("x2");
    other();
    expect(refusal("x2")).toBe("");
  });

  it("a note that cannot be read is no absence of one", () => {
    noteBackend("x2");
    fs.writeFileSync(path.join(home, "lab/stacks/x2.json"), "{");
    expect(refusal("x2")).toMatch(
      /stacks\/x2\.json cannot be read \(.*\)\. It says which Pulumi backend has the stack/,
    );
  });
});
