/**
 * Completes the commands that messages print. Each command must name its stack: without one it runs on the stack
 * selected at that time, which may be another seat.
 */

/** The scripts in package.json that work on one stack and take its name by `--stack`. */
export const STACK_SCRIPTS = [
  "up",
  "down",
  "start",
  "check",
  "hint",
  "repair",
  "preflight",
  "traffic",
  "open",
  "topology",
  "picture",
  "env",
  "kubectl",
  "istioctl",
] as const;

/** Runs kubectl on the seat that is checked. `onStack` adds the seat's stack before a hint is shown. */
export const KUBECTL = "npm run -s kubectl --";

/** Runs istioctl on that seat. */
export const ISTIOCTL = "npm run -s istioctl --";

/** Pulumi commands that take no stack, or take its name as an argument. */
const STACKLESS = /^ (login|logout|whoami|stack (init|ls|select|unselect)\b)/;

/** Matches a command up to its first flag. Pulumi's own `--stack` goes there, before any redirection. */
const COMMAND = new RegExp(
  String.raw`\bnpm run( -s)? (?:pulumi --((?: (?!-)[^\s&|<>;\`)]+)*)|(${STACK_SCRIPTS.join("|")})\b( --(?=\s|$))?)`,
  "g",
);

/** Finds the end of a command within a list of commands or within a sentence. */
const END = /&&|[|;<>`\n]|$/;

/**
 * Names the stack in every command of a text: `npm run up -- --heal` becomes `npm run up -- --stack dev --heal`.
 * Commands that already name a stack stay unchanged.
 */
export function onStack(stack: string, commands: string): string {
  return commands.replace(
    COMMAND,
    (
      command: string,
      silent: string | undefined,
      ofPulumi: string | undefined,
      script: string | undefined,
      _dashes: string | undefined,
      at: number,
    ) => {
      const rest = commands.slice(at + command.length);
      if (/ --stack[ =]/.test(command + rest.slice(0, END.exec(rest)!.index))) return command;
      if (script !== undefined) return `npm run${silent ?? ""} ${script} -- --stack ${stack}`;
      return STACKLESS.test(ofPulumi!) ? command : `${command} --stack ${stack}`;
    },
  );
}
