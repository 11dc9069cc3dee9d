import * as pulumi from "@pulumi/pulumi";
import type { MtlsMode } from "../../config";
import type { Istio } from "../mesh/istio";
import type { Weights } from "../mesh/weights";
import type { BlogSettings } from "./blog-settings";
import type { BookinfoSettings } from "./bookinfo-settings";

/** What every lesson is given. */
export interface LessonArgs {
  /** The mesh it is installed in. */
  mesh: Istio;
  mtls: MtlsMode;
  /** Service → weights, as configured; a lesson picks its own services. */
  canary: Readonly<Record<string, Weights>>;
  bookinfo: BookinfoSettings;
  blog: BlogSettings;
}

/** A lesson of the course: its namespace, its apps, its routes. */
export interface Lesson extends pulumi.ComponentResource {
  /** Where the lesson begins: an address through the gateway, for a lesson inside the mesh the address there, or a command. */
  readonly url: pulumi.Output<string>;
}

export type LessonClass = new (name: string, args: LessonArgs, opts?: pulumi.ComponentResourceOptions) => Lesson;
