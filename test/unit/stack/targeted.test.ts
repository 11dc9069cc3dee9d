import { expect, it } from "vitest";
import { targetedArgs } from "../../../cli/stack/targeted";

it("runs the engine on the named resources of the named stack alone, without asking", () => {
  expect(targetedArgs("refresh", "x", ["urn:a", "urn:b"]).join(" ")).toBe(
    "refresh --yes --skip-preview --skip-pending-creates --suppress-outputs --stack x --target urn:a --target urn:b",
  );
  expect(targetedArgs("up", "x", ["urn:a"]).join(" ")).toBe(
    "up --yes --skip-preview --suppress-outputs --stack x --target urn:a",
  );
});
