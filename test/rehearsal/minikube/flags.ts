/** What the stand-in takes of each command: flag → whether it may be given more than once. Anything else is an error, as it is to minikube. */
export const flags: Readonly<Record<string, Readonly<Record<string, "once" | "many">>>> = {
  version: { output: "once" },
  "config defaults kubernetes-version": {},
  "profile list": { light: "once", output: "once" },
  status: { profile: "once", output: "once" },
  ip: { profile: "once" },
  delete: { profile: "once" },
  stop: { profile: "once" },
  "node add": { profile: "once" },
  start: {
    profile: "once",
    "kubernetes-version": "once",
    "embed-certs": "once",
    wait: "once",
    interactive: "once",
    driver: "once",
    cpus: "once",
    memory: "once",
    "apiserver-names": "once",
    ports: "many",
  },
};

/** A command with its flags, each with all its values. */
export interface Call {
  readonly command: string;
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** @throws what minikube prints of a usage it does not know. */
export function parseCall(args: readonly string[]): Call {
  const words = args.filter((arg) => !arg.startsWith("-"));
  const command = words.join(" ");
  const known = flags[command];
  if (known === undefined) throw new Error(`unknown command "${command}" for "minikube"`);
  const values: Record<string, string[]> = {};
  for (const arg of args.filter((arg) => arg.startsWith("-"))) {
    const [, name = "", value] = /^--([^=]+)(?:=(.*))?$/.exec(arg) ?? [];
    if (known[name] === undefined) throw new Error(`unknown flag: ${arg.split("=")[0]}`);
    if (known[name] === "once" && values[name] !== undefined) throw new Error(`flag ${name} is given twice`);
    (values[name] ??= []).push(value ?? "true");
  }
  return { command, values };
}
