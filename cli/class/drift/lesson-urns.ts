import type { Deployment } from "../../stack/stack";

/** Every resource of a lesson in a stack's state: the lesson's component, and what is below it. */
export function lessonUrns(resources: Deployment["resources"], lesson: string): string[] {
  const component = resources.find(({ type, urn }) => type.startsWith("istio-lab:lessons:") && typesIn(urn) === type && urn.endsWith(`::${lesson}`));
  return component === undefined ? [] : resources.filter(({ urn }) => urn === component.urn || typesIn(urn).startsWith(`${component.type}$`)).map(({ urn }) => urn);
}

/** The types from the topmost component down. */
function typesIn(urn: string): string {
  return urn.split("::")[2]!;
}
