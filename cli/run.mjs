// The entry point of every `npm run …`. Plain JavaScript without dependencies, because a bare clone has none yet. It
// checks Node, installs the packages of package-lock.json when they are missing or stale, and hands over to main.ts.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPackages } from "./packages.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);

function fail(message, code = 1) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

/** Node 20.19 is the first 20.x whose `require` loads ES modules, as some of the packages are. */
function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(
    `istio-lab needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node and run the command again.`,
  );
}

/** Refuses characters that the TypeScript loader or messages cannot handle. For the loader, a `?` begins a query. */
function checkPath() {
  const odd = /[?\p{Cc}]/u.exec(root)?.[0];
  if (odd !== undefined)
    fail(
      `istio-lab cannot run in ${JSON.stringify(root)}: ${odd === "?" ? "a question mark" : "a control character"} is in the path. Nothing has been done. Rename that folder, and run the command again.`,
    );
}

checkNode();
checkPath();
await installPackages(root, fail);
require("tsx/cjs/api").register();
require("./main.ts").run();
