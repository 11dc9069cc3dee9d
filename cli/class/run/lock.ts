import { createHash } from "node:crypto";
import { withLock } from "../../../embedded/node/lock";
import { UserError } from "../../../base/errors";
import type { Class } from "../class";

/**
 * Runs `work`, which changes the class, while no other command does. Two of them at once would wait for each other at every stack, and write the same stack
 * files. The class' id names the lock: two copies of a roster are one class. On Linux the lock is this user's, and ends with its
 * process. Elsewhere Pulumi's own lock of each stack has to do.
 * @throws UserError that names the other command
 */
export async function withClass<T>({ roster, folder, id }: Pick<Class, "roster" | "folder"> & Partial<Pick<Class, "id">>, work: () => Promise<T>): Promise<T> {
  if (process.platform !== "linux") return work();
  const refuse = (holder: string) => {
    throw new UserError(`Class ${roster.name} is being changed by ${holder}. Nothing has been done; run the same command again when that one has ended.`);
  };
  return withLock(`class:${createHash("sha256").update(id ?? folder).digest("hex").slice(0, 32)}`, refuse, work);
}
