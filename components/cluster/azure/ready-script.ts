import { script } from "./user-data";

/** The file under scripts/ that comes last in a node's run command. */
export type ReadyScript = "server.sh" | "agent.sh";

/**
 * Returns the text of a node's run command. It contains the wall's files, which user data could not deliver to a
 * running VM: Azure gives user data to new VMs only.
 */
export function readyScript(name: ReadyScript): string {
  return [
    script("common.sh"),
    printer("wall_script", script("wall.sh")),
    printer("wall_conf", script("wall.conf")),
    script(name),
  ].join("\n");
}

/** Returns a shell function that prints the text. */
function printer(name: string, text: string): string {
  const end = "END_OF_FILE";
  if (text.split("\n").includes(end)) throw new Error(`the text of ${name} holds its own end, ${end}`);
  return `${name}() {\n  cat << '${end}'\n${text}${end}\n}\n`;
}
