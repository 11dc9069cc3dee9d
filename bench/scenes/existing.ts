import * as fs from "node:fs";
import * as http from "node:http";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { UserError } from "../../base/errors";
import { lessonNames } from "../../components/lessons/catalog";
import { entryTarget, trafficLessons } from "../../cli/traffic/seat";
import { ask } from "../../cli/traffic/request";
import { binary, type EmbeddedSeat } from "../../embedded";
import { userEnvironment } from "../../test/support/checkout";
import { noteCheckout, forgetCheckout } from "../../test/support/made-checkouts";
import { seats } from "../../test/support/seats";
import type { Scene, Setting } from "../row";
import { timed } from "../run";
import { partsOf, type Export } from "../script/parts";
import { scriptFiles } from "../script/write";
import { Subject } from "../subject";

/** Somebody's cluster: a bare node of the embedded runtime, which has the images of Istio and of the lessons. */
const STACK = "shared";
const CONFIG = `Pulumi.${STACK}.yaml`;
/** The gateway's node port. */
const PORT = 31380;
/** How long what is left may take to go, and the lessons may take to answer, in milliseconds. */
const PATIENCE_MS = 120_000;

/** Makes the mesh in the cluster and takes it away: the script, or a checkout. */
export interface Maker {
  readonly name: string;
  readonly isYardstick: boolean;
  make(): Promise<number>;
  remove(): Promise<number>;
}

/** One cluster, in which the script and each checkout make the same mesh in turn. */
export class Existing implements Scene {
  readonly byContestant = true;
  readonly makers: Maker[] = [];
  /** Whose mesh is in the cluster now. */
  private made?: Maker;
  /** What the bare cluster has. */
  private bare: readonly string[] = [];
  private readonly script = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-bench-"));

  private constructor(
    private readonly setting: Setting,
    private readonly subjects: readonly Subject[],
    private readonly cluster: EmbeddedSeat,
  ) {
    noteCheckout(this.script);
  }

  static async open(this: void, setting: Setting): Promise<Existing> {
    const subjects: Subject[] = [];
    for (const checkout of setting.checkouts) subjects.push(await Subject.create(checkout, STACK, setting));
    const folder = subjects[0]!.lab.seatFolder("somebodys");
    const cluster = await seats().createSeat({
      name: "somebodys",
      folder,
      generation: `by-hand-${Date.now()}`,
      addons: [],
    });
    const scene = new Existing(setting, subjects, cluster);
    await scene.prepare();
    return scene;
  }

  /** Makes the mesh once with each checkout, so that nothing is built or bundled later, and writes the script. */
  private async prepare(): Promise<void> {
    this.bare = await this.contents();
    for (const subject of this.subjects) {
      const { root } = subject.lab;
      fs.copyFileSync(path.join(root, "Pulumi.embedded.yaml"), path.join(root, CONFIG));
      subject.lab.configure(
        { target: "existing", addons: [], existing: { kubeconfig: this.cluster.kubeconfig } },
        CONFIG,
      );
      this.setting.say(
        `the mesh of ${subject.name}, for the first time: ${Math.round((await subject.moved("up")).seconds)} s`,
      );
      if (this.makers.length === 0) await this.writeScript(subject);
      this.makers.push(
        this.maker(subject.name, false, (command) =>
          subject.pulumi([command === "make" ? "up" : "destroy", "--yes", "--skip-preview"]),
        ),
      );
      await subject.pulumi(["destroy", "--yes", "--skip-preview"]);
      await this.isBare(subject.name);
    }
  }

  private async writeScript(subject: Subject): Promise<void> {
    const { stdout } = await subject.pulumi(["stack", "export", "--show-secrets"]);
    const files = scriptFiles(partsOf(JSON.parse(stdout) as Export), subject.lab.root);
    for (const [name, text] of Object.entries(files))
      fs.writeFileSync(path.join(this.script, name), text, { mode: 0o600 });
    const tools = ["helm", "kubectl"].map((tool) => path.dirname(binary(tool)));
    const env = {
      ...userEnvironment(),
      KUBECONFIG: this.cluster.kubeconfig,
      PATH: [...tools, process.env.PATH].join(path.delimiter),
    };
    this.makers.push(
      this.maker("script", true, (command) =>
        timed({ file: "bash", args: [`${command}.sh`], cwd: this.script, env, signal: this.setting.signal }),
      ),
    );
  }

  private maker(
    name: string,
    isYardstick: boolean,
    run: (command: "make" | "remove") => Promise<{ seconds: number }>,
  ): Maker {
    return {
      name,
      isYardstick,
      make: async () => (await run("make")).seconds + (await this.answered()),
      remove: async () => (await run("remove")).seconds,
    };
  }

  /** Makes the mesh in the bare cluster. Returns the seconds until every lesson has answered. */
  async make(maker: Maker): Promise<number> {
    if (this.made !== undefined) await this.remove(this.made);
    this.made = maker;
    return maker.make();
  }

  /** Takes the mesh away. Returns the seconds; the check that nothing is left comes after them. */
  async remove(maker: Maker): Promise<number> {
    if (this.made !== maker) await this.make(maker);
    const seconds = await maker.remove();
    this.made = undefined;
    await this.isBare(maker.name);
    return seconds;
  }

  /** Returns the seconds until each lesson behind the gateway has answered once. */
  private async answered(): Promise<number> {
    const begun = performance.now();
    const agent = new http.Agent({ keepAlive: false });
    for (const lesson of trafficLessons(lessonNames)) {
      const target = entryTarget(lesson, `http://${this.cluster.address}:${PORT}`);
      for (;;) {
        const answer = await ask(target, agent, PATIENCE_MS, this.setting.signal);
        if (answer !== undefined && "version" in answer) break;
        this.setting.signal.throwIfAborted();
        if (performance.now() - begun > PATIENCE_MS)
          throw new UserError(`Lesson ${lesson} does not answer at ${target.url}: ${JSON.stringify(answer)}`);
        await sleep(50);
      }
    }
    return (performance.now() - begun) / 1000;
  }

  /** Waits until the cluster has only what it had at first. @throws UserError that names what is left */
  private async isBare(name: string): Promise<void> {
    for (const late = Date.now() + PATIENCE_MS; ; await sleep(500)) {
      const left = (await this.contents()).filter((one) => !this.bare.includes(one));
      if (left.length === 0) return;
      if (Date.now() > late) throw new UserError(`${name} has left in the cluster: ${left.join(", ")}`);
    }
  }

  /** Namespaces, kinds, and what is in somebody's own namespace. */
  private async contents(): Promise<string[]> {
    const asked = [
      [
        "namespaces,customresourcedefinitions,clusterroles,validatingwebhookconfigurations,mutatingwebhookconfigurations",
      ],
      ["all,serviceaccounts,configmaps,secrets", "-n", "default"],
    ];
    const lists = asked.map((words) =>
      execa(binary("kubectl"), ["get", ...words, "-o", "name"], { env: { KUBECONFIG: this.cluster.kubeconfig } }),
    );
    return (await Promise.all(lists)).flatMap(({ stdout }) => stdout.split("\n").filter(Boolean));
  }

  async close(): Promise<void> {
    forgetCheckout(this.script);
    fs.rmSync(this.script, { recursive: true, force: true });
    for (const { lab } of this.subjects) await lab.remove();
  }
}
