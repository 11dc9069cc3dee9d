import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { isMap } from "../../../base/values";
import { Checkout, type Ended } from "../../support/checkout";
import { parseCalls, urnName, type Json } from "../provider/recording";
import { Cloud, type CloudResource } from "./cloud";
import { cloudFolder, installPlugins } from "./install";
import { resolving } from "./namespace";
import { waitingForSeat } from "../../support/seat-waits";
import { seats } from "../../support/seats";

/** One call of the engine to a provider; `began` and `ended` are places in the order of all that began and ended. */
export interface Asked {
  call: "Create" | "Read" | "Update" | "Delete";
  type: string;
  name: string;
  began: number;
  ended: number;
}

const STACK = "azure";

/** A checkout with an Azure stack, whose engine finds the recording plugins, and in which the cloud's names resolve. */
export class AzureLab {
  private constructor(
    readonly checkout: Checkout,
    readonly cloud: Cloud,
    private readonly log: string,
  ) {}

  static async create(keys: Record<string, unknown>): Promise<AzureLab> {
    const plain = await Checkout.create();
    const cloud = new Cloud(cloudFolder(plain.root));
    const log = path.join(plain.root, ".lab", "calls.jsonl");
    const lab = new AzureLab(plain.under({ under: resolving(cloud), env: { PULUMI_DEBUG_GRPC: log } }), cloud, log);
    // Of the embedded seat's values: the images of the machine's stand-in are the same.
    const embedded = parse(fs.readFileSync(path.join(plain.root, "Pulumi.embedded.yaml"), "utf8")) as {
      config: Record<string, unknown>;
    };
    fs.writeFileSync(lab.file, stringify({ config: { "istio-lab:istio": embedded.config["istio-lab:istio"] } }));
    lab.configure({ target: "azure", ...keys });
    await plain.ok("embedded", "build");
    await installPlugins(plain.root);
    await plain.ok("pulumi", "stack", "select", "--create", STACK, "--non-interactive");
    return lab;
  }

  private get file(): string {
    return path.join(this.checkout.root, `Pulumi.${STACK}.yaml`);
  }

  /** Sets keys of the stack's config; those of a map that are not named stay. */
  configure(keys: Record<string, unknown>): void {
    const stored = parse(fs.readFileSync(this.file, "utf8")) as { config: Record<string, unknown> };
    for (const [key, value] of Object.entries(keys)) {
      const old = stored.config[`istio-lab:${key}`];
      stored.config[`istio-lab:${key}`] = isMap(value) && isMap(old) ? { ...old, ...value } : value;
    }
    fs.writeFileSync(this.file, stringify(stored));
  }

  /** A run of the plain CLI to its end, and what the engine asked the providers meanwhile. */
  async pulumi(...args: string[]): Promise<Ended & { asked: Asked[] }> {
    return this.recorded(() => this.checkout.pulumi(...args));
  }

  up(): Promise<Ended & { asked: Asked[] }> {
    return this.pulumi("up", "--yes", "--skip-preview");
  }

  async recorded(run: () => Promise<Ended>): Promise<Ended & { asked: Asked[] }> {
    fs.rmSync(this.log, { force: true });
    return { ...(await run()), asked: askedIn(fs.readFileSync(this.log, "utf8")) };
  }

  /** Everything that a preview would touch, as `update TYPE NAME`, sorted. */
  async previewed(): Promise<string[]> {
    return Object.keys(await this.changes()).sort();
  }

  /** The same, each with the paths at which the provider found a difference. */
  async changes(): Promise<Record<string, string[]>> {
    const { stdout } = await this.checkout.pulumi("preview", "--json");
    const { steps } = JSON.parse(stdout.slice(stdout.indexOf("{"))) as {
      steps: { op: string; urn: string; detailedDiff?: Record<string, unknown> | null }[];
    };
    const touched = steps.filter(({ op, urn }) => op !== "same" && !typeOf(urn).startsWith("istio-lab:"));
    return Object.fromEntries(
      touched.map(({ op, urn, detailedDiff }) => [
        `${op} ${typeOf(urn)} ${urnName(urn)}`,
        Object.keys(detailedDiff ?? {}).sort(),
      ]),
    );
  }

  /** The status with which the gateway answers, asked as a trainee's browser would: by its name. */
  async statusOf(urlPath: string): Promise<string> {
    const [file, ...args] = [
      ...resolving(this.cloud),
      "curl",
      "-s",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      `${await this.checkout.output("GATEWAY_URL")}${urlPath}`,
    ];
    return (await execa(file!, args)).stdout;
  }

  /** The control plane's machine. */
  get server(): CloudResource & { id: string; seatFolder: string } {
    const found = Object.entries(this.cloud.all()).find(([, { seat }]) => seat !== undefined);
    if (found === undefined) throw new Error("no machine runs");
    const [id, machine] = found;
    return { id, ...machine, seatFolder: path.join(this.cloud.seats, machine.seat!) };
  }

  /** The machine is gone, as when somebody deletes it in the portal: with all that runs on it, and nobody told Pulumi. */
  async lose(): Promise<void> {
    const { id, seatFolder } = this.server;
    await waitingForSeat(() => seats().deleteSeat(seatFolder));
    this.cloud.remove(id);
  }

  /** The machine is shut down, as its schedule does in the evening. */
  async shutDown(): Promise<void> {
    const { id, seatFolder, ...machine } = this.server;
    await waitingForSeat(() => seats().stopSeat(seatFolder));
    this.cloud.put(id, { ...machine, stopped: true });
  }

  /** The state as it is stored, with all that is kept of earlier ones. */
  stateFiles(): { file: string; text: string }[] {
    const folder = path.join(this.checkout.root, ".lab", "state");
    const files = fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => path.join(folder, name));
    return files
      .filter((file) => fs.statSync(file).isFile())
      .map((file) => ({ file, text: fs.readFileSync(file, "utf8") }));
  }

  remove(): Promise<void> {
    return this.checkout.remove();
  }
}

/** From the engine's log, which has a line when a call begins and one when it ends. */
function askedIn(log: string): Asked[] {
  const calls = new Map<string, Asked>();
  for (const [at, { method, request, progress }] of parseCalls(log).entries()) {
    const call = /^\/pulumirpc\.ResourceProvider\/(Create|Read|Update|Delete)$/.exec(method)?.[1] as
      Asked["call"] | undefined;
    if (call === undefined) continue;
    const { urn, id, preview } = request as Json;
    if (preview) continue;
    const key = `${call} ${urn} ${id ?? ""}`;
    if (progress === "request_started")
      calls.set(key, { call, type: typeOf(urn), name: urnName(urn), began: at, ended: Number.POSITIVE_INFINITY });
    else if (calls.has(key)) calls.get(key)!.ended = at;
  }
  return [...calls.values()];
}

/** The type in a URN stands last in the chain of its parents' types. */
function typeOf(urn: string): string {
  return urn.split("::")[2]!.split("$").at(-1)!;
}
