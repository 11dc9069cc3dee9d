import { onStack } from "../../../base/advice";
import { nodePorts, kialiNodePort } from "../ingress";
import { neverUpdated } from "../generation-operations";
import type { DynamicOperations } from "../module-shim";
import type { ProfileSpec } from "./commands";
import type { Daemon } from "./daemon";
import { MinikubeError } from "./errors";
import type { Profile } from "./minikube";
import { begun, finished, prepare, remove, unfinished } from "./kubeconfig";
import { asFlags, portsIn } from "./ports";
import { isContainer } from "./containers";
import { isPublished } from "./reach";
import { noteNetworkOf, removeNetworkLeft, removeProfile } from "./removal";
import type { MinikubeSettings } from "./settings";
import { profileRoom, sizesIn } from "./size";
import { foreign, profileNamed, say, type Tools } from "./tools";

/**
 * `generation` is the id of the generation. In a preview it may be the engine's placeholder for an unknown value,
 * which equals no id.
 */
export type ProfileInputs = Omit<ProfileSpec, "ports"> & Pick<MinikubeSettings, "defaults">;

export interface ProfileState extends ProfileInputs {
  /** The driver in use, even if minikube chose it. */
  usedDriver: string;
}

export function profileOperations(tools: Tools): DynamicOperations<ProfileInputs, ProfileState> {
  const { minikube, host, kubeconfigOf, freePorts } = tools;
  return {
    async diff(_id, olds, news) {
      const changes = olds.generation !== news.generation;
      // Deletes the old profile before it creates the new one, because both have the same name.
      return { changes, replaces: changes ? ["generation"] : [], deleteBeforeReplace: true };
    },

    async create(inputs) {
      await minikube.version();
      const file = kubeconfigOf(inputs.profile);
      const there = await leftover(inputs, file);
      prepare(file);
      begun(file, inputs.generation);
      const daemon = await daemonOf(inputs);
      const { defaults, ...spec } = inputs;
      const sizes = sized(inputs, daemon);
      if (there === undefined)
        await minikube.create({ ...spec, ...sizes, ports: await choosePorts(inputs, daemon) }, file);
      else await resume({ ...spec, ...sizes, ports: there.ports }, file);
      finished(file);
      const made = (await profileNamed(minikube, inputs.profile))!;
      await noteNetworkOf(tools, made);
      return { id: inputs.profile, outs: { ...inputs, ...sizes, usedDriver: made.driver } };
    },

    async read(id, props) {
      const profile = await profileNamed(minikube, props.profile);
      // A profile stays in the state even if its machine is gone: the rest of it still has to be deleted.
      return profile?.generation === props.generation
        ? { id, props: { ...props, usedDriver: profile.driver } }
        : { id: "", props: {} };
    },

    update: neverUpdated,

    async delete(_id, { profile: name, generation, usedDriver }) {
      const profile = await profileNamed(minikube, name);
      if (profile?.generation === generation) return removeProfile(tools, profile);
      if (profile === undefined) await removeNetworkLeft(tools, name, usedDriver);
      remove(kubeconfigOf(name));
    },
  };

  /**
   * Returns a profile of this generation that exists and whose start finished, although no state knows it. Deletes
   * one that a killed start left, even one of another config: it holds nothing, and minikube would wait six minutes
   * for it and fail. @throws MinikubeError where the profile is somebody else's
   */
  async function leftover({ profile: name, generation }: ProfileInputs, file: string): Promise<Profile | undefined> {
    const there = await profileNamed(minikube, name);
    if (there === undefined) return undefined;
    const isHalfMade = there.generation !== undefined && there.generation === unfinished(file);
    if (!isHalfMade && there.generation === generation) return there;
    if (!isHalfMade) throw new MinikubeError(onStack("NAME", foreign(there).message));
    const found = `A half-made profile ${name} was found`;
    say(
      there.generation === generation
        ? `${found}, because an earlier run was killed. It is deleted and recreated.`
        : `${found}, and its config has changed since: it is deleted.`,
    );
    await minikube.delete(name, file);
    return undefined;
  }

  /**
   * Resumes a profile of this generation that is not in the state: the engine was killed before it recorded it. Where
   * that fails, it is deleted and created again.
   */
  async function resume(spec: ProfileSpec, file: string): Promise<void> {
    say(
      `Profile ${spec.profile} belongs to this stack, but the state does not know it, because an earlier run was killed. This run continues from there.`,
    );
    try {
      await minikube.create(spec, file);
    } catch (error) {
      say(`That failed, so the profile is recreated: ${(error as Error).message}`);
      await minikube.delete(spec.profile, file);
      await minikube.create(spec, file);
    }
  }

  async function daemonOf({ driver }: ProfileInputs): Promise<Daemon | undefined> {
    return driver === undefined || isContainer(driver) ? host.daemon(driver ?? "docker") : undefined;
  }

  function sized(inputs: ProfileInputs, daemon: Daemon | undefined): Pick<ProfileSpec, "cpus" | "memory"> {
    const sizes = sizesIn(profileRoom(host, daemon), inputs);
    const less = [
      ...(sizes.cpus < inputs.cpus ? [`${sizes.cpus} CPUs`] : []),
      ...(sizes.memory < inputs.memory ? [`${sizes.memory} MB`] : []),
    ];
    if (less.length > 0 && inputs.driver !== "none")
      say(`Profile ${inputs.profile} gets ${less.join(" and ")}: this machine has no more.`);
    return sizes;
  }

  async function choosePorts({ profile, driver }: ProfileInputs, daemon: Daemon | undefined): Promise<string[]> {
    if (host.remoteDocker !== undefined && (driver === "docker" || (driver === undefined && daemon !== undefined))) {
      throw new MinikubeError(
        `DOCKER_HOST is ${host.remoteDocker}: the seat would be on that machine, and this one could reach none of its URLs. Unset it, or set istio-lab:minikube.driver.`,
      );
    }
    if (!isPublished(host, driver, daemon)) return [];
    const others = (await minikube.profiles()).filter(({ name }) => name !== profile);
    const wanted = { http: nodePorts.http, https: nodePorts.https, kiali: kialiNodePort };
    return asFlags(await freePorts(profile, new Set(others.flatMap(({ ports }) => portsIn(ports)))), wanted);
  }
}
