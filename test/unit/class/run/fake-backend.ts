import type { Workspace } from "../../../../cli/stack/workspace";

export interface FakeStack {
  tags: Record<string, string>;
  resources: { urn: string; type: string; id?: string; inputs?: object; outputs?: object }[];
  /** What a killed run left open. */
  operations?: { type: string; resource: { urn: string; type: string } }[];
}

/** A Pulumi backend in memory, for what the class asks it and changes in it: what `vi.mock("…/cli/workspace", …)` puts in the place of the CLI. */
export class FakeBackend {
  readonly stacks = new Map<string, FakeStack>();
  url = "file:///backend";
  /** Whether `stack rm` ends well and removes nothing. */
  keepsStacks = false;
  /** Every call that changed something. */
  readonly changes: string[] = [];
  /** Thrown by the next call whose words contain the key: a run that is killed there. */
  readonly killed = new Map<string, Error>();

  add(name: string, tags: Record<string, string> = {}, resources: FakeStack["resources"] = []): void {
    this.stacks.set(name, { tags, resources });
  }

  readonly pulumiOutput = async (_: Workspace, args: string[]): Promise<string> => {
    const words = args.join(" ");
    const stack = args.includes("--stack") ? args[args.indexOf("--stack") + 1]! : "";
    this.dieAt(words);
    if (words === "whoami --json") return JSON.stringify({ user: "trainer", url: `${this.url}?metadata=skip` });
    if (words.startsWith("stack ls --json")) {
      const [key, value] = args.includes("--tag") ? args[args.indexOf("--tag") + 1]!.split(/=(.*)/s) : [];
      const found = [...this.stacks].filter(
        ([, { tags }]) =>
          key === undefined || (tags[key] !== undefined && (value === undefined || tags[key] === value)),
      );
      return JSON.stringify(
        found.map(([name, { resources }]) => ({ name, current: false, resourceCount: resources.length })),
      );
    }
    if (words.startsWith("stack tag ls")) return JSON.stringify(this.of(stack).tags);
    if (words.startsWith("stack tag set")) {
      this.of(stack).tags[args[3]!] = args[4]!;
      this.changes.push(words);
      return "";
    }
    if (words.startsWith("stack export"))
      return JSON.stringify({
        deployment: { resources: this.of(stack).resources, pending_operations: this.of(stack).operations },
      });
    throw new Error(`the fake backend does not answer pulumi ${words}`);
  };

  /** As `stackOf` gives it. */
  readonly stackOf = async (_: Workspace, name: string) => ({
    destroy: async () => {
      this.dieAt(`destroy ${name}`);
      this.of(name).resources = [];
      this.changes.push(`destroy ${name}`);
    },
    workspace: {
      removeStack: async (_name: string, options: { preserveConfig?: boolean } = {}) => {
        if (!this.keepsStacks) this.stacks.delete(name);
        if (!options.preserveConfig) this.removeFile(name);
        this.changes.push(`remove ${name}`);
        this.dieAt(`removed ${name}`);
      },
    },
  });

  /** What Pulumi does with a stack's file when it removes the stack. */
  removeFile: (stack: string) => void = () => undefined;

  private of(name: string): FakeStack {
    const stack = this.stacks.get(name);
    if (stack === undefined) throw new Error(`no stack named '${name}'`);
    return stack;
  }

  private dieAt(words: string): void {
    for (const [part, error] of this.killed) {
      if (!words.includes(part)) continue;
      this.killed.delete(part);
      throw error;
    }
  }
}
