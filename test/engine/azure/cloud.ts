import * as fs from "node:fs";
import * as path from "node:path";

/** What the cloud knows of one resource. */
export interface CloudResource {
  token: string;
  /** What was asked for, without what Azure never gives back (passwords, custom data, protected parameters). */
  body: Record<string, unknown>;
  outputs: Record<string, unknown>;
  /** Digest of what is not in `body`. */
  unseen?: string;
  /** Of machines: the seat that stands for it, once it was booted. */
  seat?: string;
  /** Of machines: the last body of each run command that was begun, by its digest. */
  processed?: Record<string, string>;
  /** Of machines: shut down, as the daily schedule does it. */
  stopped?: boolean;
}

/** The memory of the recording plugins, in a folder that the test reads and changes too: a change there is one that somebody made in Azure's portal. */
export class Cloud {
  constructor(readonly folder: string) {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Stands for the DNS: it is mounted over /etc/hosts for whom the test runs, see namespace.ts. */
  get hosts(): string {
    return path.join(this.folder, "hosts");
  }

  /** Where the machines' seats are. */
  get seats(): string {
    return path.join(path.dirname(this.folder), "seats");
  }

  all(): Record<string, CloudResource> {
    return this.json("resources.json", {});
  }

  find(id: string): CloudResource | undefined {
    return this.all()[id];
  }

  put(id: string, resource: CloudResource): void {
    this.write("resources.json", { ...this.all(), [id]: resource });
  }

  /** Takes a resource away with all that is in it. */
  remove(id: string): void {
    const kept = Object.entries(this.all()).filter(([other]) => other !== id && !other.startsWith(`${id}/`));
    this.write("resources.json", Object.fromEntries(kept));
  }

  /** Ids of those that name `id` as `{ id }` anywhere in their bodies: they use it. */
  usersOf(id: string): string[] {
    return Object.entries(this.all())
      .filter(([, { body }]) => JSON.stringify(body).includes(`"id":${JSON.stringify(id)}`))
      .map(([user]) => user);
  }

  /** Every text that may be nowhere in the clear. */
  secrets(): string[] {
    return this.json("secrets.json", []);
  }

  keepSecret(text: string): void {
    this.write(`secrets.json`, [...new Set([...this.secrets(), text])]);
  }

  /** What the script of every run command ends with, while it is set. */
  get fault(): string | undefined {
    return this.json<{ text?: string }>("fault.json", {}).text;
  }

  set fault(text: string | undefined) {
    this.write("fault.json", { text });
  }

  /** Names of machines → addresses, as the DNS would answer. */
  resolve(name: string): string | undefined {
    return hostLines(this.hosts)
      .find((line) => line.split(" ")[1] === name)
      ?.split(" ")[0];
  }

  /** Written over, never renamed: a mount holds on to the file itself. */
  name(name: string, address: string | undefined): void {
    const others = hostLines(this.hosts).filter((line) => line.split(" ")[1] !== name);
    fs.writeFileSync(
      this.hosts,
      [...others, ...(address === undefined ? [] : [`${address} ${name}`])].map((line) => `${line}\n`).join(""),
    );
  }

  private json<T>(name: string, absent: T): T {
    const file = path.join(this.folder, name);
    return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as T) : absent;
  }

  private write(name: string, value: unknown): void {
    const file = path.join(this.folder, name);
    fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify(value, null, 2), { mode: 0o600 });
    fs.renameSync(`${file}.${process.pid}`, file);
  }
}

function hostLines(file: string): string[] {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}
