import { isMap } from "../../base/values";
import { brief, yamlFile } from "../config-file";
import { systemNamespace } from "./system-namespace";

/** An object of Istio's own kinds that the config adds to Istio's own namespace. */
export interface ExtraObject {
  /** API group and version, e.g. `networking.istio.io/v1alpha3`. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Allows only Istio's kinds: the right to change a config file must not give rights in the cluster. */
const KIND = /^(networking|security|telemetry|extensions)\.istio\.io\/v1((alpha|beta)\d+)?$/;
const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** The schema of `istio.objects`: one Istio object, or a List of them, as kubectl takes them. */
export const extraObjects = yamlFile<ExtraObject>("an object of Istio's, or a List of them", (value, refuse) => {
  const isList = isMap(value) && value.kind === "List";
  const items = isList ? value.items : [value];
  if (!Array.isArray(items)) {
    refuse(`is a List with items ${brief(items)}; valid is a list of objects`);
    return [];
  }
  const objects = items.map((item, index) =>
    readObject(item, (problem) => refuse(isList ? `items[${index}]: ${problem}` : `: ${problem}`)),
  );
  const names = objects.map((object) => object && `${object.kind} ${object.name}`);
  names
    .filter((name, index) => name !== undefined && names.indexOf(name) < index)
    .forEach((name) => refuse(`has ${name} twice`));
  return objects.filter((object) => object !== undefined);
});

function readObject(item: unknown, refuse: (problem: string) => void): ExtraObject | undefined {
  if (!isMap(item)) return void refuse(`${brief(item)} is not an object of Istio's`);
  const { apiVersion, kind, metadata, spec, ...others } = item;
  const { name, namespace, ...more } = isMap(metadata) ? metadata : {};
  const problems = [
    ...(typeof apiVersion === "string" && KIND.test(apiVersion)
      ? []
      : [`apiVersion ${brief(apiVersion)} is not one of Istio's; valid is for instance networking.istio.io/v1`]),
    ...(typeof kind === "string" && /^[A-Z][A-Za-z]+$/.test(kind)
      ? []
      : [`kind ${brief(kind)} is not a kind; valid is for instance EnvoyFilter`]),
    ...(typeof name === "string" && NAME.test(name)
      ? []
      : [`metadata.name ${brief(name)} is not a name of lower-case letters, digits and dashes`]),
    ...(namespace === undefined || namespace === systemNamespace
      ? []
      : [`metadata.namespace ${brief(namespace)} is not Istio's own; valid: ${systemNamespace}`]),
    ...Object.keys(more).map((key) => `metadata has ${brief(key)}; valid: name, namespace`),
    ...(isMap(spec) ? [] : [`spec ${brief(spec)} is not a map`]),
    ...Object.keys(others).map((key) => `it has ${brief(key)}; valid: apiVersion, kind, metadata, spec`),
  ];
  problems.forEach(refuse);
  return problems.length > 0
    ? undefined
    : {
        apiVersion: apiVersion as string,
        kind: kind as string,
        name: name as string,
        spec: spec as ExtraObject["spec"],
      };
}
