// The first thing every `npm run …` starts. Plain JavaScript without dependencies: on a bare clone there are none yet.
// It checks Node, installs the packages of package-lock.json when they are missing or stale, and hands over to main.ts.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Node 20.19 is the first 20.x whose `require` takes the ES modules some of the packages are. */
function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`istio-lab needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node and run the command again.`);
}

/** What the loader of TypeScript and messages cannot do with: a `?` begins a query there. */
function checkPath() {
  const odd = /[?\p{Cc}]/u.exec(root)?.[0];
  if (odd !== undefined) fail(`istio-lab cannot run in ${JSON.stringify(root)}: ${odd === "?" ? "a question mark" : "a control character"} is in the path. Nothing has been done. Rename that folder, and run the command again.`);
}

/** A marker holding the lock file's hash is written last, so an install that was killed is done again. */
function installPackages() {
  const lock = createHash("sha256").update(readFileSync(join(root, "package-lock.json"))).digest("hex");
  const marker = join(root, "node_modules", ".istio-lab-installed");
  if (existsSync(marker) && readFileSync(marker, "utf8") === lock) return;
  const folder = join(root, "node_modules");
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) fail("node_modules is a link to packages of another package-lock.json. Remove the link and run the command again: npm would empty the folder behind it.");
  const started = Date.now();
  process.stderr.write("Installing npm packages (about half a minute) …\n");
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root, stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  if (npm.error) fail(`npm could not be started: ${npm.error.message}`);
  if (npm.status !== 0) fail(`npm could not install the packages of package-lock.json${reasonOf(npm.stderr)}\nIs the registry reachable (npm ping), and is there room on the disk? Run the same command again afterwards.`);
  writeFileSync(marker, lock);
  process.stderr.write(`Installed npm packages in ${Math.round((Date.now() - started) / 1000)} s.\n`);
}

/** The sentences of npm's message: without its stack, the fields of its error and the path of its log. */
function reasonOf(stderr) {
  const lines = stderr.split("\n").map((line) => line.replace(/^npm error ?/, ""));
  const said = lines.filter((line) => /^\S.* /.test(line) && !/^(code|syscall|errno|path|A complete log|If you are behind) ?/.test(line));
  return said.length > 0 ? `:\n  ${said.slice(-8).join("\n  ")}` : ".";
}

checkNode();
checkPath();
installPackages();
require("tsx/cjs/api").register();
require("./main.ts").run();
