import { expect, it } from "vitest";
import { deleteSeat } from "../../../embedded/node/seat";
it("x", async () => { expect(await deleteSeat("/tmp/nodex/nope")).toBeUndefined(); });
