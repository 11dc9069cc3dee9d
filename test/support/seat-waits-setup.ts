import { beforeAll, inject } from "vitest";
import { noteCheckoutsIn } from "./made-checkouts";
import { noteWaitsIn } from "./seat-waits";

/** Runs before each file's hooks. Vitest gives a file's meta to the reporter with its result. */
beforeAll(({}, suite) => noteWaitsIn((suite.file.meta.seatWaits = [])));

noteCheckoutsIn(inject("sharedSeats"));
