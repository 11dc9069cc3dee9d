import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import type { Checkout, Ended } from "./checkout";

/** A class in a checkout: its roster file and its commands. */
export class Classroom {
  constructor(
    readonly lab: Checkout,
    /** The roster's content in YAML. */
    readonly roster: {
      seats: readonly { seat: string; trainee: string; [key: string]: unknown }[];
      [key: string]: unknown;
    },
    readonly name = "class",
  ) {
    fs.writeFileSync(path.join(lab.root, `${name}.yaml`), stringify(roster));
  }

  get folder(): string {
    return path.join(this.lab.root, ".lab", "class", this.name);
  }

  get seats(): string[] {
    return this.roster.seats.map(({ seat }) => seat);
  }

  /** Runs `npm run -s class -- VERB --roster …`; any exit code is accepted. */
  run(verb: string, ...args: string[]): Promise<Ended> {
    return this.lab.run("class", ...this.args(verb, args));
  }

  /** Like `run`, but the command must exit with 0. */
  ok(verb: string, ...args: string[]): Promise<Ended> {
    return this.lab.ok("class", ...this.args(verb, args));
  }

  /** Returns the arguments of `npm run class --`. */
  args(verb: string, args: readonly string[] = []): string[] {
    const [name, ...rest] = verb.split(" ");
    return [name!, ...rest, "--roster", `${this.name}.yaml`, ...args];
  }

  /** Returns the weights of my-blog's live route on a seat, in the order of the versions. */
  async weights(seat: string): Promise<number[]> {
    const asked = ["get", "virtualservice", "my-blog", "-n", "blog", "-o", "jsonpath={.spec.http[*].route[*].weight}"];
    const { stdout } = await this.lab.ok("kubectl", "--stack", seat, ...asked);
    return stdout.trim().split(" ").map(Number);
  }

  /** Returns every file that the class wrote for people, with its text. */
  written(): { file: string; text: string }[] {
    const files = fs
      .readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile());
    return files
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => ({ file, text: fs.readFileSync(file, "utf8") }));
  }
}
