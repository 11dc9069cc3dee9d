import * as fs from "node:fs";
import * as path from "node:path";
import { isThere, readIfThere, writeWhole } from "../../base/files";

/** The systemd unit that a package would start at boot, with the package's name in Debian. */
export const SERVICES: Readonly<Record<string, string>> = { containerd: "containerd", etcd: "etcd-server" };

/** The units that existed before packages were installed, and the packages to install. */
interface Before {
  units: string[];
  packages: string[];
}

/**
 * The note of an unfinished installation. It is written before the first package is installed. After a killed run,
 * the next run reads it to tell the machine's own services from those that this program has installed.
 */
export class ServicesBefore {
  constructor(private readonly file = "/var/lib/istio-lab/installing.json") {}

  /** Whether an earlier run did not finish. */
  isLeft(): boolean {
    return isThere(this.file);
  }

  /** Notes the existing units. The note of an earlier run takes precedence, because it came first. */
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
   * The units that came with the packages. A unit that existed before is the machine's own. So is a unit of a package
   * that was not on the list: somebody else has installed it since.
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
    // Remove the folder only if nothing else is in it.
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
        `${this.file} cannot be read (${(error as Error).message}). It says which services this machine had before packages were installed. ` +
          `Decide whether ${Object.keys(SERVICES).join(" and ")} start with the machine, remove that file, and run the same command again.`,
      );
    }
  }
}
