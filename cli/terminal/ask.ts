import { createInterface } from "node:readline";
import { UserError } from "../../base/errors";

/**
 * Asks a question in the terminal. Only y or yes is a yes; Ctrl-C and Ctrl-D are a no.
 * @throws UserError that names `--yes` where nobody can answer
 */
export async function ask(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new UserError(
      `${question} Nobody can be asked here: run the same command with --yes, or in a terminal. Nothing has been done.`,
    );
  return /^y(es)?$/i.test(await answerTo(`${question} [y/N] `));
}

/** Asks the user to type one word; anything else is a no. @throws UserError where nobody can answer */
export async function askFor(question: string, word: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new UserError(
      `${question} Nobody can be asked here: run the same command in a terminal. Nothing has been done.`,
    );
  return (await answerTo(`${question} `)) === word;
}

async function answerTo(question: string): Promise<string> {
  // Standard output belongs to the verb's result.
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await new Promise<string>((resolve) => {
      terminal.on("SIGINT", () => resolve(""));
      terminal.on("close", () => resolve(""));
      terminal.question(question, resolve);
    });
    return answer.trim();
  } finally {
    terminal.close();
  }
}
