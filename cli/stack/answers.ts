import { UserError } from "../../base/errors";

/*
 * Parsers for the JSON that `pulumi` prints. An unknown shape is an error. If it were read as an empty stack or as no
 * stack, a run could make, forget or leave behind a seat.
 * The checks are handwritten: every command runs them, and loading zod takes a fifth of a second.
 */

/** The salt by which a passphrase locks the secrets of a `pulumi stack export`. Undefined where none does. */
export function saltIn(text: string): string | undefined {
  const { deployment } = (json("stack export", text) ?? {}) as {
    deployment?: { secrets_providers?: { type?: unknown; state?: { salt?: unknown } } } | null;
  };
  const { type, state } = deployment?.secrets_providers ?? {};
  return type === "passphrase" && typeof state?.salt === "string" ? state.salt : undefined;
}

/** `pulumi stack ls --json`. @throws UserError */
export function stacksIn<T>(text: string): T[] {
  const value = json("stack ls --json", text);
  if (Array.isArray(value) && value.every((one) => hasTexts(one, "name"))) return value as T[];
  throw unknownShape("stack ls --json", text);
}

/**
 * The resources and open operations of `pulumi stack export`. Pulumi omits either list while it is empty.
 * @throws UserError
 */
export function deploymentIn<Resource, Operation>(text: string): { resources: Resource[]; operations: Operation[] } {
  const { deployment } = (json("stack export", text) ?? {}) as {
    deployment?: { resources?: unknown; pending_operations?: unknown };
  };
  if (typeof deployment !== "object" || deployment === null) throw unknownShape("stack export", text);
  const { resources = [], pending_operations: operations = [] } = deployment;
  const isKnown = (one: unknown) => hasTexts(one, "urn", "type");
  if (!Array.isArray(resources) || !Array.isArray(operations)) throw unknownShape("stack export", text);
  if (
    ![...(resources as unknown[]), ...operations.map((one: { resource?: unknown } | null) => one?.resource)].every(
      isKnown,
    )
  )
    throw unknownShape("stack export", text);
  return { resources: resources as Resource[], operations: operations as Operation[] };
}

/** The steps of `pulumi preview --json`. @throws UserError */
export function previewStepsIn<Step>(text: string): Step[] {
  const { steps } = (json("preview --json", text) ?? {}) as { steps?: unknown };
  if (Array.isArray(steps) && steps.every((step) => hasTexts(step, "op", "urn"))) return steps as Step[];
  throw unknownShape("preview --json", text);
}

/** The past runs of `pulumi stack history --json`, the newest first. @throws UserError */
export function pastRunsIn<Run>(text: string): Run[] {
  const runs = json("stack history --json", text);
  if (Array.isArray(runs) && runs.every((run) => hasTexts(run, "kind", "result"))) return runs as Run[];
  throw unknownShape("stack history --json", text);
}

function hasTexts(value: unknown, ...keys: readonly string[]): boolean {
  return keys.every((key) => typeof (value as Record<string, unknown> | null)?.[key] === "string");
}

function json(command: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unknownShape(command, text);
  }
}

function unknownShape(command: string, text: string): UserError {
  return new UserError(
    `What \`pulumi ${command}\` printed cannot be parsed, and nothing is concluded from it. It begins with: ${JSON.stringify(text.trim().slice(0, 120))}`,
  );
}
