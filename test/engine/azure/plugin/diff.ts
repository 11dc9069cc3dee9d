/** One change between the inputs of a resource, by its path in the engine's notation (`tags.owner`, `securityRules[0].access`). */
export interface Change {
  path: string;
  kind: "add" | "update" | "delete";
}

/** Every leaf that differs. Lists are compared place by place. */
export function detailedDiff(olds: unknown, news: unknown, path = ""): Change[] {
  if (JSON.stringify(olds) === JSON.stringify(news)) return [];
  if (olds === undefined) return [{ path, kind: "add" }];
  if (news === undefined) return [{ path, kind: "delete" }];
  if (!isContainer(olds) || !isContainer(news) || Array.isArray(olds) !== Array.isArray(news))
    return [{ path, kind: "update" }];
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  const at = (key: string) => (Array.isArray(olds) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`);
  return keys.flatMap((key) => detailedDiff(olds[key], news[key], at(key)));
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
