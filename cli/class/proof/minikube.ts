import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { isContainer } from "../../../components/cluster/minikube/reach";
import { kubeconfigOf } from "../../../components/cluster/minikube/kubeconfig";
import { minikube as realMinikube, type Minikube } from "../../../components/cluster/minikube/minikube";
import { profileNameOf } from "../../../components/cluster/minikube/profile-name";
import { profileNamed } from "../../../components/cluster/minikube/tools";
import { query, type Query } from "./proof";
import { objectOf, type ProofContext, type TargetProof } from "./target-proof";

/** Runs docker or podman and gives the lines it prints. */
export type Containers = (program: string, args: readonly string[]) => Promise<string[]>;

/** A profile of minikube: its entry, its machine, and where that is a container, its volume too. */
export function minikubeProof(minikube: Minikube = realMinikube, containers: Containers = runContainers): TargetProof {
  return {
    facts: async (context) => {
      const profile = profileOf(context);
      const there = await profileNamed(minikube, profile).catch(() => undefined);
      return { profile, ...(there && { driver: there.driver }) };
    },
    queries: async (context, facts) => {
      const profile = String(facts.profile ?? profileOf(context));
      const driver = facts.driver === undefined ? (objectOf(context, "minikube").driver as string | undefined) : String(facts.driver);
      const kept = path.dirname(kubeconfigOf(profile));
      return Promise.all([
        query("profile", "minikube profile list", async () => ((await profileNamed(minikube, profile)) ? [profile] : [])),
        ...(driver !== undefined && isContainer(driver) ? containerQueries(driver, profile, containers) : []),
        query("kubeconfig", `ls -d ${kept}`, () => (fs.existsSync(kept) ? [kept] : [])),
      ]);
    },
  };
}

function containerQueries(driver: string, profile: string, containers: Containers): Promise<Query>[] {
  const machines = ["ps", "--all", "--filter", `label=name.minikube.sigs.k8s.io=${profile}`, "--format", "{{.Names}}"];
  const volumes = ["volume", "ls", "--filter", `label=name.minikube.sigs.k8s.io=${profile}`, "--format", "{{.Name}}"];
  return [
    query("machines", `${driver} ${machines.join(" ")}`, () => containers(driver, machines)),
    query("disks", `${driver} ${volumes.join(" ")}`, () => containers(driver, volumes)),
  ];
}

function profileOf(context: ProofContext): string {
  return (objectOf(context, "minikube").profile as string | undefined) ?? profileNameOf("istio-lab", context.stack);
}

const runContainers: Containers = async (program, args) => (await execa(program, [...args], { stdin: "ignore" })).stdout.split("\n").filter(Boolean);
