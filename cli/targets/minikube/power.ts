import { onStack } from "../../../base/advice";
import { kubeconfigOf } from "../../../components/cluster/minikube/kubeconfig";
import { minikube as realMinikube, type Minikube } from "../../../components/cluster/minikube/minikube";
import { asleep } from "../../../components/cluster/minikube/power";
import { profileNameOf } from "../../../components/cluster/minikube/profile-name";
import type { MinikubeSettings } from "../../../components/cluster/minikube/settings";
import { profileNamed } from "../../../components/cluster/minikube/tools";
import { quote } from "../../../base/quote";
import { UserError } from "../../../base/errors";

/** Of a stack's profile: `running`, `gone`, `unknown`, or what minikube calls it, such as `stopped` and `paused`. */
export interface Power {
  readonly profile: string;
  readonly state: string;
}

const project = "istio-lab";

/** The profile of a stack. */
export function profileOf(stack: string, { profile }: Pick<MinikubeSettings, "profile">): string {
  return profile ?? profileNameOf(project, stack);
}

/** Whether the profile of a stack runs. What minikube does not tell is unknown, and never gone. */
export async function powerOf(
  stack: string,
  settings: Pick<MinikubeSettings, "profile">,
  minikube: Pick<Minikube, "profiles" | "unreadable" | "status"> = realMinikube,
): Promise<Power> {
  const profile = profileOf(stack, settings);
  try {
    if ((await profileNamed(minikube, profile)) === undefined) return { profile, state: "gone" };
    const status = await minikube.status(profile, kubeconfigOf(profile));
    return { profile, state: status.host === "Nonexistent" ? "unknown" : (asleep(status) ?? "running") };
  } catch {
    return { profile, state: "unknown" };
  }
}

/** Refuses a seat of which nothing can be asked, with what helps. One whose state is unknown is asked itself. @throws UserError */
export function requirePower(stack: string, { profile, state }: Power): void {
  const up = onStack(stack, "npm run up");
  if (state === "gone")
    throw new UserError(
      `The seat of stack ${stack} is gone: minikube does not know its profile ${profile} any more. \`${up}\` makes it anew.`,
    );
  if (state !== "running" && state !== "unknown")
    throw new UserError(
      `The seat of stack ${stack} is ${state} (minikube's profile ${profile}). \`${up}\` starts it again.`,
    );
}

/** Whether minikube has the profile of a stack, running or not. Where minikube does not answer, its own finding says so. */
export async function isKnown(stack: string, settings: Pick<MinikubeSettings, "profile">): Promise<boolean> {
  return (await profileNamed(realMinikube, profileOf(stack, settings)).catch(() => undefined)) !== undefined;
}

/** A command of minikube's, such as `tunnel`, with the kubeconfig that has the profile: it is in none of the user's own. */
export function minikubeCommand(profile: string, command: string): string {
  return `KUBECONFIG=${quote(kubeconfigOf(profile))} minikube ${command} --profile=${profile}`;
}

/** What `up` says of it to the user's own shell. */
export function shellLines(stack: string, settings: Pick<MinikubeSettings, "profile">): string[] {
  return [
    `minikube in your shell:     ${minikubeCommand(profileOf(stack, settings), "service list")}; likewise tunnel and node add`,
  ];
}
