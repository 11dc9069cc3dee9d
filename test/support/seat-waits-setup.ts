import { beforeAll } from "vitest";
import { noteWaitsIn } from "./seat-waits";

/** Before the hooks of each file. A file's meta goes to the reporter with its result. */
beforeAll(({}, suite) => noteWaitsIn((suite.file.meta.seatWaits = [])));
