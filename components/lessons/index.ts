import * as pulumi from "@pulumi/pulumi";
import { lessonOf, shortName, type LessonName } from "./catalog";
import type { Lesson, LessonArgs } from "./lesson";

/** Installs the lessons and returns them by name. */
export function makeLessons(
  names: readonly LessonName[],
  args: LessonArgs,
  opts: pulumi.ComponentResourceOptions,
): Record<string, Lesson> {
  const make = (name: LessonName) => new (lessonOf(name).component())(shortName(name), args, opts);
  return Object.fromEntries(names.map((name) => [name, make(name)]));
}

/** Returns the routes of all lessons. */
export function routesOf(lessons: Record<string, Lesson>): pulumi.Resource[] {
  return Object.values(lessons).flatMap(({ routes }) => routes);
}

/** Creates the policies of their namespaces after the `gateway`. */
export function secureLessons(lessons: Record<string, Lesson>, gateway: pulumi.Resource): void {
  for (const { home } of Object.values(lessons)) home.secure(gateway);
}

/** Lesson → where it begins: a URL through the gateway, a URL inside the mesh, or a command. */
export function urls(
  names: readonly LessonName[],
  gatewayUrl: pulumi.Output<string>,
): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(names.map((name) => [name, urlOf(name, gatewayUrl)]));
}

function urlOf(name: LessonName, gatewayUrl: pulumi.Output<string>): pulumi.Output<string> {
  const { entry, begins } = lessonOf(name);
  if (entry === undefined) return pulumi.output(begins ?? "");
  const { path, host } = entry;
  return host === undefined
    ? pulumi.interpolate`${gatewayUrl}${path}`
    : gatewayUrl.apply((gateway) => atHost(`${gateway}${path}`, host));
}

/** Returns `address` with another host name on the same port. */
function atHost(address: string, host: string): string {
  const url = new URL(address);
  url.hostname = host;
  return url.href;
}
