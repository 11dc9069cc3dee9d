import { catalog } from "../catalog";
import type { CheckSpec } from "./check";
import { showClaim } from "./commands";

const lesson = "admission";
const { namespace } = catalog[lesson];
const claim = "myclaim";

export function admissionChecks(): CheckSpec[] {
  return [
    {
      kind: "claim",
      lesson,
      name: "admission-class",
      title: "the claim was given the default StorageClass",
      about: { namespace, services: [], aspects: ["storage"] },
      lookAt: showClaim(namespace, claim),
      images: [],
      claim,
    },
  ];
}
