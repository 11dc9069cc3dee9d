import type { CheckSpec } from "../checks/check";
import { showClaim } from "../checks/commands";
import { claimName, namespace } from "./app";

const lesson = "admission";

export function admissionChecks(): CheckSpec[] {
  return [
    {
      kind: "claim",
      lesson,
      name: "admission-class",
      title: "the claim was given the default StorageClass",
      about: { namespace, services: [], aspects: ["storage"] },
      lookAt: showClaim(namespace, claimName),
      images: [],
      claim: claimName,
    },
  ];
}
