import * as pulumi from "@pulumi/pulumi";
import { lessonOf, type LessonName } from "./catalog";
import type { Lesson, LessonArgs } from "./lesson";

/** Installs `names` and returns them by name. */
export function makeLessons(
  names: readonly LessonName[],
  args: LessonArgs,
  opts: pulumi.ComponentResourceOptions,
): Record<string, Lesson> {
  const make = (name: LessonName) => new (lessonOf(name).component())(name, args, opts);
  return Object.fromEntries(names.map((name) => [name, make(name)]));
}

/** What brings requests to all of them. */
export function routesOf(lessons: Record<string, Lesson>): pulumi.Resource[] {
  return Object.values(lessons).flatMap(({ routes }) => routes);
}

/** Makes the policies of their namespaces, once the `gateway` is there. */
export function secureLessons(lessons: Record<string, Lesson>, gateway: pulumi.Resource): void {
  for (const { home } of Object.values(lessons)) home.secure(gateway);
}

/** Lesson → where it begins: an address through the gateway, for a lesson inside the mesh the address there, or a command. */
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

/** `address` by another host's name, on the same port. */
function atHost(address: string, host: string): string {
  const url = new URL(address);
  url.hostname = host;
  return url.href;
}
