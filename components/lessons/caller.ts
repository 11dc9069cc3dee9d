import type { WorkloadVersion } from "./workload-spec";
import { images } from "../../versions";

/** Returns a container that calls `url` every 10 s and logs the answers. */
export function callerOf(url: string): Pick<WorkloadVersion, "image" | "command"> {
  return { image: images.curl, command: ["/bin/sh", "-c", callForever(url)] };
}

// A shell as process 1 ignores SIGTERM without a trap, and runs a trap only between commands. So it waits for
// children in the background.
const callForever = (url: string) => `trap 'exit 0' TERM
while true; do
  curl --silent --show-error --max-time 5 ${url} & wait $!
  sleep 10 & wait $!
done`;
