import { execa } from "execa";

/** Asks Azure through its CLI, which uses the user's login. */
export interface Az {
  /** The JSON that a command prints. @throws {AzError} */
  ask(args: readonly string[]): Promise<unknown>;
}

/** Why `az` did not answer. */
export class AzError extends Error {
  constructor(
    readonly missing: "cli" | "login" | "answer",
    message: string,
  ) {
    super(message);
  }
}

/** Uses the subscription of the plugin's variable, else the CLI's own. */
export const az: Az = {
  async ask(args) {
    const subscription = process.env.ARM_SUBSCRIPTION_ID ? ["--subscription", process.env.ARM_SUBSCRIPTION_ID] : [];
    const result = await execa("az", [...args, ...subscription, "--output", "json", "--only-show-errors"], {
      reject: false,
      stdin: "ignore",
      timeout: 120_000,
    });
    if (result.code === "ENOENT") throw new AzError("cli", "the Azure CLI (az) is not installed here");
    if (result.exitCode === 0) return result.stdout.trim() === "" ? undefined : parsed(args, result.stdout);
    const text = `${result.stderr}`.trim().split("\n").at(-1) || `az ${args.slice(0, 2).join(" ")} gave no answer`;
    throw new AzError(/az login|AADSTS|not logged in|credentials/i.test(`${result.stderr}`) ? "login" : "answer", text);
  },
};

function parsed(args: readonly string[], text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AzError("answer", `az ${args.slice(0, 2).join(" ")} did not print JSON: ${text.trim().slice(0, 120)}`);
  }
}
