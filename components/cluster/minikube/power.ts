import type { Status } from "./minikube";

/** Returns the state of a profile whose API cannot be reached: stopped, paused, … Undefined while it runs. */
export function asleep({ host, apiServer }: Status): string | undefined {
  if (host === "Running" && apiServer === "Running") return undefined;
  return (host !== "Running" ? host : apiServer).toLowerCase();
}

/** Describes that state as a sentence for the user. */
export function powerLack(profile: string, status: Status): string | undefined {
  const state = asleep(status);
  if (state === undefined) return undefined;
  if (status.host === "Nonexistent")
    return `minikube cannot tell the state of profile ${profile}: \`minikube status -p ${profile}\` says why.`;
  return `Profile ${profile} is ${state}: up starts it again. Until then a preview compares with the stack's state alone.`;
}
