import * as fs from "node:fs";
import * as path from "node:path";
import { isThere, readIfThere, writeWhole } from "../../base/files";

/** A unit of systemd that a package would start with the machine, by the package's name at Debian. */
export const SERVICES: Readonly<Record<string, string>> = { containerd: "containerd", etcd: "etcd-server" };

/** What was there before packages were installed, and which were to be. */
interface Before {
  units: string[];
  packages: string[];
}

/**
 * The note of an installation that has not come to its end. It is made before the first package is installed. By it the run after a killed one tells the
 * machine's own services from those that this program has brought.
 */
export class ServicesBefore {
  constructor(private readonly file = "/var/lib/istio-lab/installing.json") {}

  /** Whether an earlier run did not come to its end. */
  isLeft(): boolean {
    return isThere(this.file);
  }

  /** Notes the units that are there. What an earlier run has noted counts, for it came first. */
  begin(units: readonly string[], packages: readonly string[]): void {
    const noted = this.read();
    fs.mkdirSync(path.dirname(this.file), { recursive: true });
    const before: Before = {
      units: noted?.units ?? [...units],
      packages: [...new Set([...(noted?.packages ?? []), ...packages])],
    };
    writeWhole(this.file, `${JSON.stringify(before)}\n`);
  }

  /**
   * The units that came with the packages. A unit that was there before is the machine's own. So is one of a package that was not to be installed:
   * somebody has brought it since.
   */
  async brought(units: readonly string[], packageOf: (unit: string) => Promise<string | undefined>): Promise<string[]> {
    const before = this.read();
    if (before === undefined) return [];
    const owners = await Promise.all(units.map(packageOf));
    return units.filter(
      (unit, index) =>
        !before.units.includes(unit) && owners[index] === SERVICES[unit] && before.packages.includes(owners[index]!),
    );
  }

  end(): void {
    fs.rmSync(this.file, { force: true });
    // Whatever else is in the folder keeps it there.
    if (fs.readdirSync(path.dirname(this.file)).length === 0) fs.rmdirSync(path.dirname(this.file));
  }

  private read(): Before | undefined {
    const text = readIfThere(this.file);
    if (text === undefined) return undefined;
    try {
      const { units, packages } = JSON.parse(text) as Partial<Before>;
      if ([units, packages].every((list) => Array.isArray(list) && list.every((name) => typeof name === "string")))
        return { units: units!, packages: packages! };
      throw new Error("it needs the lists units and packages");
    } catch (error) {
      throw new Error(
        `${this.file} cannot be read (${(error as Error).message}): it says which services this machine had before packages were installed. ` +
          `Look whether ${Object.keys(SERVICES).join(" and ")} are to start with the machine, remove that file, and run the same command again.`,
      );
    }
  }
}
