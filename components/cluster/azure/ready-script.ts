import { script } from "./user-data";

/** File under scripts/ that a node's run command ends with. */
export type ReadyScript = "server.sh" | "agent.sh";

/**
 * The text of a node's run command. The wall's files come with it, and not with the user data: Azure gives that to a new VM alone, a run command to one
 * that runs as well.
 */
export function readyScript(name: ReadyScript): string {
  return [
    script("common.sh"),
    printer("wall_script", script("wall.sh")),
    printer("wall_conf", script("wall.conf")),
    script(name),
  ].join("\n");
}

/** A shell function that prints the text. */
function printer(name: string, text: string): string {
  const end = "END_OF_FILE";
  if (text.split("\n").includes(end)) throw new Error(`the text of ${name} holds its own end, ${end}`);
  return `${name}() {\n  cat << '${end}'\n${text}${end}\n}\n`;
}
