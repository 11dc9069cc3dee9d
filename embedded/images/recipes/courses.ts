import { images } from "../../../versions";
import { pinned } from "../../toolchain/modules";
import type { Recipe } from "../recipe";
import { base, busybox, curl, file, text } from "../rootfs";

/** Upstream's rule: if the first argument is not a program of the image, all arguments go to curl. */
const curlEntrypoint = `#!/bin/sh
case "$1" in
  -*) exec curl "$@" ;;
esac
command -v "$1" >/dev/null || exec curl "$@"
exec "$@"
`;

/** The small images of the backend lesson. */
export const courseImages: Recipe[] = [
  {
    name: images.curl,
    from: "Debian's curl (its version, not the tag's) and busybox",
    make: () => ({
      files: [
        ...base({ name: "curl_user", uid: 100, gid: 101, group: "curl_group", home: "/home/curl_user" }),
        ...busybox(),
        ...curl(),
        text("/entrypoint.sh", curlEntrypoint, 0o755),
      ],
      start: { entrypoint: ["/entrypoint.sh"], cmd: ["curl"], user: "curl_user", workingDir: "/home/curl_user" },
    }),
  },
  {
    name: images.httpbin,
    from: `go-httpbin ${pinned("mesh", "github.com/mccutchen/go-httpbin/v2")}`,
    make: ({ tool }) => ({
      files: [
        ...base({ name: "nonroot", uid: 65532, gid: 65532, home: "/home/nonroot" }),
        file("/bin/go-httpbin", tool("go-httpbin")),
      ],
      start: { cmd: ["/bin/go-httpbin"], user: "65532:65532", ports: [8080] },
    }),
  },
  {
    name: images.echo,
    from: "apps/http-echo",
    standIn: "a program of this lab with http-echo's flags, port, answers and log lines",
    make: ({ app }) => ({
      files: [
        ...base({ name: "nonroot", uid: 65532, gid: 65532, home: "/home/nonroot" }),
        file("/http-echo", app("http-echo")),
      ],
      start: { entrypoint: ["/http-echo"], env: ["ECHO_TEXT=hello-world"], user: "65532:65532", ports: [5678] },
    }),
  },
];
