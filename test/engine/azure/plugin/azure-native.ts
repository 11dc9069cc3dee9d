import { createHash } from "node:crypto";
import { PartialError } from "../../../../embedded/provider/errors";
import { isMap } from "../../../../base/values";
import { plain, type Bag } from "../../../../embedded/provider/wire";
import type { Cloud } from "../cloud";
import { kinds, type Kind } from "./azure-kinds";
import { detailedDiff } from "./diff";
import { Machines } from "./machines";
import type { Plugin } from "./server";

/** Stands for Azure and its plugin: keeps what it is asked for, refuses what Azure refuses, and boots an embedded seat where a machine's run command is made. */
export function azureNative(cloud: Cloud): Plugin {
  const machines = new Machines(cloud);
  return {
    version: (require("@pulumi/azure-native/package.json") as { version: string }).version,
    deleteBeforeReplace: true,
    // As `Update` in provider/pkg/provider/provider.go has it: all else is unknown, though it may well stay.
    stableOutputs: ["name", "location"],
    replaces: (token, path) => within([...kindOf(token).path, ...(kindOf(token).replaces ?? [])], path),
    problems: (token, inputs) => {
      const unnamed = kindOf(token)
        .path.filter((name) => inputs[name] === undefined)
        .map((name) => `${token}.${name}: is not set; the stand-in makes up no names`);
      return [
        ...unnamed,
        ...(inputs.location === undefined && kindOf(token).replaces !== undefined
          ? [`${token}.location: is not set`]
          : []),
      ];
    },
    configure: () => machines.balance(),

    create: async (token, inputs) => {
      const asked = plain(inputs) as Bag;
      const id = kindOf(token).id(asked);
      if (cloud.find(id) !== undefined) throw new Error(`cannot create already existing resource "${id}"`);
      keep(token, id, asked);
      if (token === RUN_COMMAND) await run(id, asked, inputs);
      return { id, outputs: state(id) };
    },

    read: async (_token, id, _state, inputs) => {
      const found = cloud.find(id);
      return (
        found && { outputs: state(id), inputs: { ...inputs, ...changedInAzure(plain(inputs) as Bag, found.body) } }
      );
    },

    update: async (token, id, _state, inputs) => {
      const found = cloud.find(id);
      if (found === undefined) throw new Error(`Code="ResourceNotFound" Message="The Resource '${id}' was not found."`);
      const asked = plain(inputs) as Bag;
      const { fixed = [], hidden = [] } = kindOf(token);
      const changed = detailedDiff(found.body, without(asked, hidden)).map(({ path }) => path);
      if (found.unseen !== digest(asked, hidden)) changed.push(...hidden);
      const refused = changed.find((path) => within(fixed, path));
      if (refused !== undefined)
        throw new Error(
          `Code="PropertyChangeNotAllowed" Message="Changing property '${refused}' is not allowed." Target="${refused}"`,
        );
      keep(token, id, asked);
      if (token === RUN_COMMAND) await run(id, asked, inputs);
      return { outputs: state(id) };
    },

    delete: async (token, id) => {
      const found = cloud.find(id);
      if (found === undefined) return;
      if (token === RUN_COMMAND) machines.requireRunning(id);
      const users = token === GROUP ? [] : cloud.usersOf(id).filter((user) => !user.startsWith(`${id}/`));
      if (users.length > 0) throw new Error(`Code="InUse" Message="${id} is in use by ${users.join(", ")}."`);
      await machines.remove(id);
      cloud.remove(id);
    },
  };

  /** A script that fails leaves its run command, and the plugin keeps what Azure then says of it (`HandleErrorWithCheckpoint` in provider/pkg/provider/crud/crud.go). */
  async function run(id: string, asked: Bag, inputs: Bag): Promise<void> {
    try {
      await machines.run(id, asked);
    } catch (error) {
      const { outputs, ...found } = cloud.find(id)!;
      cloud.put(id, { ...found, outputs: { ...outputs, provisioningState: "Failed" } });
      const { message } = error as Error;
      throw new PartialError(id, message, [message], state(id), inputs);
    }
  }

  function keep(token: string, id: string, asked: Bag): void {
    const kind = kindOf(token);
    requireThere(id, asked);
    const body = without(asked, kind.hidden);
    const shown = Object.fromEntries(Object.entries(body).filter(([key]) => !kind.path.includes(key)));
    cloud.put(id, {
      ...cloud.find(id),
      token,
      body,
      unseen: digest(asked, kind.hidden),
      outputs: { ...shown, ...kind.computed(asked, id, cloud) },
    });
  }

  /** What it is in, and everything it names by its id, has to be there. */
  function requireThere(id: string, asked: Bag): void {
    const parent = id.replace(/\/(providers\/[^/]+\/)?[^/]+\/[^/]+$/, "");
    const named = idsIn(asked).filter((one) => one.startsWith("/subscriptions/"));
    for (const other of [...(parent.includes("/resourceGroups/") ? [parent] : []), ...named]) {
      if (cloud.find(other) === undefined)
        throw new Error(`Code="NotFound" Message="Resource ${other} referenced by ${id} was not found."`);
    }
  }

  /** What Azure answers, without a word of the secrets it was given: that is all that the real plugin keeps beside the inputs. */
  function state(id: string): Bag {
    return cloud.find(id)!.outputs;
  }
}

const RUN_COMMAND = "azure-native:compute:VirtualMachineRunCommandByVirtualMachine";
const GROUP = "azure-native:resources:ResourceGroup";

function kindOf(token: string): Kind {
  const kind = kinds[token];
  if (kind === undefined) throw new Error(`the stand-in for azure-native makes no ${token}`);
  return kind;
}

function within(rules: readonly string[], path: string): boolean {
  return rules.some(
    (rule) =>
      path === rule || path.startsWith(`${rule}.`) || path.startsWith(`${rule}[`) || rule.startsWith(`${path}.`),
  );
}

/** The inputs of which Azure has another value than it was sent. */
function changedInAzure(inputs: Bag, body: Bag): Bag {
  return Object.fromEntries(
    Object.entries(body).filter(
      ([key, value]) => !(key in HIDING) && JSON.stringify(value) !== JSON.stringify(inputs[key]),
    ),
  );
}
/** Inputs that Azure gives back in part. */
const HIDING = { osProfile: true, protectedParameters: true };

function without(inputs: Bag, hidden: readonly string[] = []): Bag {
  const cut = structuredClone(inputs);
  for (const path of hidden) {
    const [first, second] = path.split(".");
    if (second === undefined) delete cut[first!];
    else if (isMap(cut[first!])) delete cut[first!][second];
  }
  return cut;
}

/** Of the values Azure does not give back, but compares. */
function digest(asked: Bag, hidden: readonly string[] = []): string {
  const values = hidden.map((path) =>
    path.split(".").reduce<unknown>((at, key) => (isMap(at) ? at[key] : undefined), asked),
  );
  return createHash("sha256").update(JSON.stringify(values)).digest("hex");
}

function idsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "id" && typeof inner === "string" ? [inner] : idsIn(inner),
  );
}
