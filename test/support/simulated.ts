import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { projectRoot } from "../../base/paths";
import { Checkout } from "./checkout";
import { Classroom } from "./roster";

const fixture = path.join(projectRoot, "test", "support", "simulated");

/** The minimum config of a valid roster; nothing of it is created. */
const config = {
  "istio-lab:target": "azure",
  "istio-lab:azure": { location: "westeurope", adminCidrs: ["192.0.2.1/32"], traineeCidrs: ["192.0.2.0/24"] },
  "istio-lab:lessons": [],
  "istio-lab:addons": [],
};

/** A class of simulated seats; simulated/README.md says what is simulated and what is real. */
export class SimulatedClass extends Classroom {
  static async create(seats: number, options: { seconds?: number } = {}): Promise<SimulatedClass> {
    const lab = await Checkout.create();
    fs.rmSync(path.join(lab.root, "index.ts"));
    for (const file of ["index.js", "cloud.js"]) fs.copyFileSync(path.join(fixture, file), path.join(lab.root, file));
    fs.mkdirSync(path.join(lab.root, "bin"));
    fs.copyFileSync(path.join(fixture, "az"), path.join(lab.root, "bin", "az"));
    fs.mkdirSync(path.join(lab.root, "cloud"));
    fs.writeFileSync(path.join(lab.root, "cloud", "seconds"), String(options.seconds ?? 0));
    fs.writeFileSync(path.join(lab.root, "Pulumi.simulated.yaml"), stringify({ config }));
    const env = environment(lab.root);
    const manifest = path.join(lab.root, "package.json");
    fs.writeFileSync(manifest, fs.readFileSync(manifest, "utf8").replace('"main": "index.ts"', '"main": "index.js"'));
    return new SimulatedClass(lab.under({ env }), {
      from: "simulated",
      seats: Array.from({ length: seats }, (_, index) => ({
        seat: seatName(index + 1),
        trainee: `Trainee ${index + 1}`,
      })),
    });
  }

  /** The environment of its commands. */
  get env(): Record<string, string> {
    return environment(this.lab.root);
  }

  /** The simulated cloud's objects, such as `group.seat-01.json`. */
  cloud(): string[] {
    return fs
      .readdirSync(path.join(this.lab.root, "cloud"))
      .filter((file) => file.endsWith(".json"))
      .sort();
  }

  /** The output so far of the last started command. */
  printed = "";

  /** Starts `npm run -s class -- VERB …` in its own process group, as a terminal does. */
  start(verb: string, ...args: string[]): ReturnType<Checkout["start"]> {
    this.printed = "";
    const started = this.lab.start("class", ...this.args(verb, args));
    started.all!.on("data", (chunk: Buffer | string) => (this.printed += chunk.toString()));
    return started;
  }

  /** Returns a seat's log of a command; empty while there is none. */
  log(seat: string, verb: string): string {
    const file = path.join(this.folder, "logs", `${seat}.${verb}.log`);
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  }

  /**
   * Writes a file of the simulated cloud, or removes it without a text. Such files set durations, faults, and what
   * the cloud keeps.
   */
  set(file: string, text?: string): void {
    const whole = path.join(this.lab.root, "cloud", file);
    if (text === undefined) fs.rmSync(whole, { force: true });
    else fs.writeFileSync(whole, text);
  }
}

/** Puts the simulated cloud's `az` into PATH. */
function environment(root: string): Record<string, string> {
  return { PATH: `${path.join(root, "bin")}${path.delimiter}${process.env.PATH ?? ""}` };
}

/** `seat-07` */
export function seatName(number: number): string {
  return `seat-${String(number).padStart(2, "0")}`;
}

/** Waits until `reached` is true. @throws when that takes longer than `seconds` */
export async function until(reached: () => boolean, seconds: number): Promise<void> {
  for (const late = Date.now() + seconds * 1000; !reached(); await sleep(50)) {
    if (Date.now() > late) throw new Error(`not within ${seconds} s: ${reached.toString()}`);
  }
}

/** Returns the process that runs the class, which is neither its parent npm nor its child engines. */
export function runnerOf({ lab }: Classroom): number | undefined {
  return processes(lab.root).find(
    ({ words }) => path.basename(words[0] ?? "") === "node" && words[1] === "cli/run.mjs" && words[2] === "class",
  )?.pid;
}

/** Returns the processes that still work on the class's seats: engines and their children. */
export function liveSeats({ lab }: Classroom): string[] {
  return processes(lab.root).flatMap(({ words }) => (/pulumi|provider/.test(words.join(" ")) ? [words.join(" ")] : []));
}

/** Returns the lock files in Pulumi's state. */
export function lockFiles({ lab }: Classroom): string[] {
  const folder = path.join(lab.root, ".lab", "state", ".pulumi", "locks");
  return fs.existsSync(folder)
    ? fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json"))
    : [];
}

/** Returns the processes whose working folder is the checkout. */
function processes(root: string): { pid: number; words: string[] }[] {
  return fs
    .readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        if (fs.readlinkSync(`/proc/${pid}/cwd`) !== root) return [];
        return [{ pid: Number(pid), words: fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0") }];
      } catch {
        return [];
      }
    });
}
