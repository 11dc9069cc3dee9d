import { onStack } from "../../../base/advice";
import { kubeconfigOf } from "../../../components/cluster/minikube/kubeconfig";
import { minikube as realMinikube, type Minikube } from "../../../components/cluster/minikube/minikube";
import { asleep } from "../../../components/cluster/minikube/power";
import { profileNameOf } from "../../../components/cluster/minikube/profile-name";
import type { MinikubeSettings } from "../../../components/cluster/minikube/settings";
import { profileNamed } from "../../../components/cluster/minikube/tools";
import { quote } from "../../../base/quote";
import { UserError } from "../../../base/errors";

/** State of a stack's profile: `running`, `gone`, `unknown`, or minikube's own word, such as `stopped` and `paused`. */
export interface Power {
  readonly profile: string;
  readonly state: string;
}

const project = "istio-lab";

export function profileOf(stack: string, { profile }: Pick<MinikubeSettings, "profile">): string {
  return profile ?? profileNameOf(project, stack);
}

/** Whether the profile of a stack runs. If minikube gives no answer, the state is unknown and never gone. */
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

/**
 * Refuses a seat that is known to be off or gone, with the command that helps. A seat whose state is unknown may be
 * tried.
 * @throws UserError
 */
export function requirePower(stack: string, { profile, state }: Power): void {
  const up = onStack(stack, "npm run up");
  if (state === "gone")
    throw new UserError(
      `The seat of stack ${stack} is gone: minikube no longer has its profile ${profile}. \`${up}\` recreates it.`,
    );
  if (state !== "running" && state !== "unknown")
    throw new UserError(
      `The seat of stack ${stack} is ${state} (minikube's profile ${profile}). \`${up}\` starts it again.`,
    );
}

/**
 * Whether minikube has the profile of a stack, running or not. Another finding reports a minikube that does not
 * answer.
 */
export async function isKnown(stack: string, settings: Pick<MinikubeSettings, "profile">): Promise<boolean> {
  return (await profileNamed(realMinikube, profileOf(stack, settings)).catch(() => undefined)) !== undefined;
}

/**
 * A minikube command, such as `tunnel`, with the profile's kubeconfig: none of the user's own files has the profile.
 */
export function minikubeCommand(profile: string, command: string): string {
  return `KUBECONFIG=${quote(kubeconfigOf(profile))} minikube ${command} --profile=${profile}`;
}

/** Lines about minikube for the user's own shell, which `up` prints. */
export function shellLines(stack: string, settings: Pick<MinikubeSettings, "profile">): string[] {
  return [
    `minikube in your shell:     ${minikubeCommand(profileOf(stack, settings), "service list")}; likewise tunnel and node add`,
  ];
}
