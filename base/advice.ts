/**
 * The commands that messages print. Each names its stack: typed without one it would take the stack that is selected by then, which may be another seat.
 */

/** The scripts of package.json that work on one stack, and take its name by `--stack`. */
export const STACK_SCRIPTS = [
  "up",
  "down",
  "start",
  "check",
  "preflight",
  "traffic",
  "open",
  "topology",
  "picture",
  "env",
  "kubectl",
] as const;

/** kubectl on the seat that is checked. `onStack` names the seat's stack before a hint is shown. */
export const KUBECTL = "npm run -s kubectl --";

/** What Pulumi itself takes no stack for, or names as its argument. */
const STACKLESS = /^ (login|logout|whoami|stack (init|ls|select|unselect)\b)/;

/** Up to its first flag: there Pulumi's own `--stack` goes, and a redirection stays behind it. */
const COMMAND = new RegExp(
  String.raw`\bnpm run( -s)? (?:pulumi --((?: (?!-)[^\s&|<>;\`)]+)*)|(${STACK_SCRIPTS.join("|")})\b( --(?=\s|$))?)`,
  "g",
);

/** Where a command ends that is one of several, or stands in a sentence. */
const END = /&&|[|;<>`\n]|$/;

/**
 * Names the stack in every command of a text: `npm run up -- --heal` becomes `npm run up -- --stack dev --heal`. A command that names one already stays as it is.
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
