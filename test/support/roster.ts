import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import type { Checkout, Ended } from "./checkout";

/** A class in a checkout: its roster's file, and the verbs. */
export class Classroom {
  constructor(
    readonly lab: Checkout,
    /** The roster as YAML has it. */
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

  /** `npm run -s class -- VERB --roster …`; any exit code. */
  run(verb: string, ...args: string[]): Promise<Ended> {
    return this.lab.run("class", ...this.args(verb, args));
  }

  /** The same, which has to end with 0. */
  ok(verb: string, ...args: string[]): Promise<Ended> {
    return this.lab.ok("class", ...this.args(verb, args));
  }

  /** What comes behind `npm run class --`. */
  args(verb: string, args: readonly string[] = []): string[] {
    const [name, ...rest] = verb.split(" ");
    return [name!, ...rest, "--roster", `${this.name}.yaml`, ...args];
  }

  /** Every file that the class left for people to read, with its text. */
  written(): { file: string; text: string }[] {
    const files = fs
      .readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile());
    return files
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => ({ file, text: fs.readFileSync(file, "utf8") }));
  }
}
