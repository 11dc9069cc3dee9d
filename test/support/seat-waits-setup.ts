import { beforeAll, inject } from "vitest";
import { noteCheckoutsIn } from "./made-checkouts";
import { noteWaitsIn } from "./seat-waits";

/** Before the hooks of each file. A file's meta goes to the reporter with its result. */
beforeAll(({}, suite) => noteWaitsIn((suite.file.meta.seatWaits = [])));

noteCheckoutsIn(inject("sharedSeats"));
