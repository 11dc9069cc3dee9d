import type { Deployment } from "../../stack/stack";
import { query, type TargetProof } from "../proof";
import { az as realAz, type Az } from "./az";

interface Named {
  readonly name: string;
  readonly resourceGroup?: string;
  readonly tags?: Readonly<Record<string, string>> | null;
}

/**
 * Asks for the remains of a seat on Azure: its resource group, and the disks that outlive a VM. The group's name has a
 * random suffix, so it is recorded before the destroy.
 * If no state ever had the name, the tags on the seat's resources identify them.
 */
export function azureProof(az: Az = realAz): TargetProof {
  return {
    facts: async (_, before) => ({ groups: groupsOf(before) }),
    queries: async ({ stack }, facts) => {
      const groups = (facts.groups ?? []) as string[];
      const isOurs = ({ name, resourceGroup = name, tags }: Named) =>
        groups.some((group) => group.toLowerCase() === resourceGroup.toLowerCase()) ||
        (groups.length === 0 && tags?.seat === stack && tags.project === "istio-lab");
      const list = (what: string, ...args: string[]) =>
        query(what, `az ${args.join(" ")}`, async () =>
          listIn(await az.ask(args), args)
            .filter(isOurs)
            .map(({ name }) => name),
        );
      return Promise.all([
        ...groups.map((group) =>
          query("resource group", `az group exists --name ${group}`, async () =>
            isThereBy(await az.ask(["group", "exists", "--name", group]), group) ? [group] : [],
          ),
        ),
        list("resource groups of the seat", "group", "list", "--tag", `seat=${stack}`),
        list("disks", "disk", "list"),
        list("resources of the seat", "resource", "list", "--tag", `seat=${stack}`),
      ]);
    },
  };
}

/** @throws Error where az exits with 0 but prints no list, which is not an answer */
function listIn(answer: unknown, args: readonly string[]): Named[] {
  if (Array.isArray(answer)) return answer as Named[];
  throw new Error(`az ${args.slice(0, 2).join(" ")} gave no list`);
}

/** @throws Error where az exits with 0 but prints neither true nor false */
function isThereBy(answer: unknown, group: string): boolean {
  if (typeof answer === "boolean") return answer;
  throw new Error(`az group exists said neither true nor false of ${group}`);
}

function groupsOf({ resources }: Deployment): string[] {
  const names = resources
    .filter(({ type }) => type === "azure-native:resources:ResourceGroup")
    .map(({ outputs, id }) => (outputs?.name as string | undefined) ?? id?.split("/").at(-1));
  return names.filter((name) => name !== undefined);
}
