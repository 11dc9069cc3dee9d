import type { LessonSettings } from "../lesson";
import type { CheckSpec } from "./check";
import { showMtls } from "./commands";

/** Checks plaintext from a pod without a sidecar. A lesson's pods refuse or accept it, as the stack's `mtls` says. */
export function plaintextCheck(
  at: { lesson: string; namespace: string },
  { mtls }: Pick<LessonSettings, "mtls">,
  asked: { services: readonly string[]; images: readonly string[]; urls: readonly string[] },
): CheckSpec {
  const { lesson, namespace } = at;
  return {
    kind: "plaintext",
    lesson,
    name: `${lesson}-plaintext`,
    title:
      mtls === "STRICT" ? "plaintext from outside the mesh is refused" : "plaintext from outside the mesh is taken",
    about: { namespace, services: asked.services, aspects: ["mtls", "sidecar", "pods"] },
    lookAt: showMtls(namespace),
    images: asked.images,
    urls: asked.urls,
    mtls,
  };
}
