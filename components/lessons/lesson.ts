import type * as pulumi from "@pulumi/pulumi";
import type { MtlsMode, Settings } from "../../config";
import type { Istio } from "../mesh/istio";
import type { CheckSpec } from "./checks/check";
import type { LessonNamespace } from "./namespace";
import type { WorkloadSpec } from "./workload-spec";

/**
 * Everything the lab knows of a lesson. Its folder exports one; catalog.ts lists them, and all the rest iterates over that list.
 * Plain data and functions: the config can be checked, and a seat's demand reckoned, without loading any provider.
 */
export interface LessonDefinition {
  /** The namespace the lesson lives in; `default` is labelled, any other is made. */
  readonly namespace: string;
  /** Services whose traffic `istio-lab:canary` may split → their versions, in the order in which routes name them. */
  readonly canary: Readonly<Record<string, readonly string[]>>;
  /** What it installs. Every pod has a sidecar. */
  workloads(settings: LessonSettings): readonly LessonWorkload[];
  /** What it proves on a live seat. */
  checks(settings: LessonSettings): CheckSpec[];
  /** Loads its component, and with it Pulumi's Kubernetes SDK. */
  component(): LessonClass;
  /** Which app calls which by its own code, for seats where nothing measures it. @default none */
  readonly calls?: readonly WrittenCall[];
  /** @default it is not reached through the gateway */
  readonly entry?: LessonEntry;
  /** Where one begins that is not reached through the gateway: an address inside the mesh, or a command. */
  readonly begins?: string;
  /** What a trainee's card says of it. @default nothing */
  readonly card?: LessonCard;
  /** PersistentVolumeClaims that name no class: the cluster needs a default one. @default none */
  readonly claims?: readonly string[];
  /**
   * Images of which nobody was found who says that they are built for another architecture than amd64.
   * @default none; publishers build the others for arm64 too, by the build files of their repositories: read on 2026-11-29, not run
   */
  readonly amd64Only?: readonly string[];
}

/** The stack's settings, as far as lessons see them: none knows which others there are, nor where its cluster is from. */
export type LessonSettings = Omit<Settings, "lessons" | "target">;

/** A workload, and the part of its resources' names that follows the lesson's. @default the app */
export type LessonWorkload = WorkloadSpec & { readonly resource?: string };

/** A call between two apps of the lesson. `version` limits it to one version of the caller. */
export interface WrittenCall {
  readonly from: string;
  readonly version?: string;
  readonly to: string;
}

/** Where the lesson is entered from outside: a request through the gateway that passes as much of it as one can. */
export interface LessonEntry {
  readonly path: string;
  /** The header Host. @default the gateway's own address */
  readonly host?: string;
  /** The app that answers it. */
  readonly app: string;
  /** Part of the body of every right answer. */
  readonly answer: string;
  /** Whether the config lets such requests fail on purpose. @default they never do */
  isFaulty?(settings: LessonSettings): boolean;
  /** The request whose answer tells which version gave it, where there are versions. @default the entry itself, whose version is `answered` */
  readonly traffic?: { readonly path: string; versionOf(body: string): string | undefined };
}

export interface LessonCard {
  /** In a shell, with the gateway's address as $URL. */
  readonly command: string;
  /** The name of the page at the lesson's URL, where a browser can open it. @default a browser cannot */
  readonly label?: string;
}

/** What every lesson's component is given. */
export interface LessonArgs extends Pick<Settings, "canary" | "bookinfo" | "blog"> {
  /** The mesh it is installed in. */
  readonly mesh: Istio;
  readonly mtls: MtlsMode;
}

/** A lesson of the course on a seat: its namespace, its apps, its routes. */
export interface Lesson extends pulumi.ComponentResource {
  readonly home: LessonNamespace;
  /** What brings requests to its apps. The gateway opens when all lessons' routes are known. */
  readonly routes: readonly pulumi.Resource[];
}

export type LessonClass = new (name: string, args: LessonArgs, opts?: pulumi.ComponentResourceOptions) => Lesson;
