import type * as pulumi from "@pulumi/pulumi";
import type { MtlsMode, Settings } from "../../config";
import type { Istio } from "../mesh/istio";
import type { CheckSpec } from "./checks/check";
import type { TaskSpec } from "./tasks/task";
import type { LessonNamespace } from "./namespace";
import type { WorkloadSpec } from "./workload-spec";

/**
 * Everything the lab knows about a lesson. Each lesson's folder exports one, and catalog.ts lists them. It is plain
 * data and functions, so that the config can be checked and a seat's demand calculated without any provider.
 */
export interface LessonDefinition {
  /** The lesson's namespace. `default` is only labelled; any other is created. */
  readonly namespace: string;
  /** Services whose traffic `istio-lab:canary` may split → their versions, in the order in which routes name them. */
  readonly canary: Readonly<Record<string, readonly string[]>>;
  /** Returns the apps that it installs. Every pod has a sidecar. */
  workloads(settings: LessonSettings): readonly LessonWorkload[];
  /** What its pods request together, where that is not the sum of the workloads. @default the sum */
  readonly needs?: { readonly cpu?: string; readonly memory?: string };
  /** Returns what it proves on a live seat. */
  checks(settings: LessonSettings): CheckSpec[];
  /** Returns what its page asks a trainee to do, in the page's order. @default nothing */
  tasks?(settings: LessonSettings): TaskSpec[];
  /** Loads its component, and with it Pulumi's Kubernetes SDK. */
  component(): LessonClass;
  /** Which app calls which by its own code, for seats without measurements. @default none */
  readonly calls?: readonly WrittenCall[];
  /** @default it is not reached through the gateway */
  readonly entry?: LessonEntry;
  /** Where a lesson without an entry begins: an address inside the mesh, or a command. */
  readonly begins?: string;
  /** The lesson's part of a trainee's card. @default nothing */
  readonly card?: LessonCard;
  /** PersistentVolumeClaims that name no class, so that the cluster needs a default one. @default none */
  readonly claims?: readonly string[];
  /**
   * Images for which no source says that they exist for another architecture than amd64.
   * @default none: publishers also build the others for arm64, according to their build files (read on 2026-11-29,
   *   not run)
   */
  readonly amd64Only?: readonly string[];
}

/** The stack's settings, as lessons see them. No lesson knows which others exist, or where its cluster comes from. */
export type LessonSettings = Omit<Settings, "lessons" | "target">;

/** A workload, and `resource`, which follows the lesson's name in the names of its resources. @default the app */
export type LessonWorkload = WorkloadSpec & { readonly resource?: string };

/** A call between two apps of the lesson. `version` limits it to one version of the caller. */
export interface WrittenCall {
  readonly from: string;
  readonly version?: string;
  readonly to: string;
}

/**
 * The request that enters the lesson from outside, through the gateway. It passes as much of the lesson as one
 * request can.
 */
export interface LessonEntry {
  readonly path: string;
  /** The Host header. @default the gateway's own address */
  readonly host?: string;
  /** The app that answers it. */
  readonly app: string;
  /** Text that every right answer's body contains. */
  readonly answer: string;
  /** Whether the config lets such requests fail on purpose. @default never */
  isFaulty?(settings: LessonSettings): boolean;
  /**
   * The request whose answer tells the version that gave it, for lessons with versions. @default the entry itself,
   * whose version is `answered`
   */
  readonly traffic?: { readonly path: string; versionOf(body: string): string | undefined };
}

export interface LessonCard {
  /** Shell command with the gateway's address as $URL. */
  readonly command: string;
  /** Name of the page at the lesson's URL, where a browser can open it. @default a browser cannot */
  readonly label?: string;
}

/** Arguments of every lesson's component. */
export interface LessonArgs extends Pick<Settings, "canary" | "bookinfo" | "blog"> {
  readonly mesh: Istio;
  readonly mtls: MtlsMode;
}

/** A lesson of the course on a seat: its namespace, its apps, its routes. */
export interface Lesson extends pulumi.ComponentResource {
  readonly home: LessonNamespace;
  /** Resources that bring requests to its apps. istiod's gateway opens once all lessons' routes are known. */
  readonly routes: readonly pulumi.Resource[];
}

export type LessonClass = new (name: string, args: LessonArgs, opts?: pulumi.ComponentResourceOptions) => Lesson;
