import * as fs from "node:fs";
import * as path from "node:path";
import { sourceFile, ts } from "./typescript";

/** A place in the code that may download something: an address, an image, or a tool that downloads. */
export interface Source {
  readonly file: string;
  readonly line: number;
  /** `host blob.istio.io`, `image docker.io/grafana`, `tool npm`. */
  readonly what: string;
}

const registries = "docker\\.io|quay\\.io|ghcr\\.io|gcr\\.io|registry\\.k8s\\.io";
const IMAGE = new RegExp(`(?:^|[\\s"'\`=])((?:${registries})/[\\w.-]+)`, "g");
/** An image in Azure's gallery: publisher, offer, SKU and version. */
const MACHINE = /^([A-Z]\w+):[\w-]+:[\w-]+:[\w.-]+$/;
/** Host names in addresses. `OWN` excludes the seat's own addresses and XML namespaces. */
const HOST = /(?:https?|oci):\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})(?=[/:"'`\s)]|$)/gi;
const OWN = /^(?:127\.|www\.w3\.org$)|\.(?:svc|local|default)$|\.svc\./;
/** Tools that download something when they run. */
const tools = "npm|npx|go|apt-get|pip|pip3|helm|minikube|curl|wget|git|docker|debootstrap|az|winget|brew";
const TOOLS = new RegExp(`^(${tools})$`);
/** Files without any of these download nothing, so most files are not parsed. */
const LOOKS_LIKE_IT = new RegExp(
  `://|${registries}|[A-Z]\\w+:[\\w-]+:[\\w-]+:|pip|run\\.js|(["'\`])(pulumi|${tools})\\1`,
);

export function sourcesIn(root: string, files: readonly string[]): Source[] {
  return files.flatMap((file) => sourcesOf(file, fs.readFileSync(path.join(root, file), "utf8")));
}

export function sourcesOf(file: string, text: string): Source[] {
  return /\.(sh|ya?ml|txt|conf|service)$/.test(file) ? ofLines(file, text) : ofCode(file, text);
}

function ofLines(file: string, text: string): Source[] {
  return text.split("\n").flatMap((line, index) => {
    if (/^\s*#/.test(line)) return [];
    const tool = /(?:^|[;&|(]\s*|\s)(curl|wget|apt-get|pip|npm|git clone)\s+-?/.exec(line)?.[1];
    return [...namedIn(line), ...(tool === undefined || !file.endsWith(".sh") ? [] : [`tool ${tool}`])].map((what) => ({
      file,
      line: index + 1,
      what,
    }));
  });
}

/** Searches the program's texts. Comments and imports do not count. */
function ofCode(file: string, text: string): Source[] {
  if (!LOOKS_LIKE_IT.test(text)) return [];
  const source = sourceFile(file, text);
  const found: Source[] = [];
  const add = (node: ts.Node, what: string) =>
    found.push({ file, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, what });
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node))
      for (const what of namedIn(node.text)) add(node, what);
    if (ts.isTemplateExpression(node)) for (const what of namedIn(node.getText())) add(node, what);
    if (ts.isCallExpression(node)) for (const what of toolsOf(node)) add(node, what);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function namedIn(text: string): string[] {
  const hosts = [...text.matchAll(HOST)].map(([, host]) => host!.toLowerCase()).filter((host) => !OWN.test(host));
  const images = [...text.matchAll(IMAGE)].map(([, image]) => image!);
  const machine = MACHINE.exec(text)?.[1];
  return [
    ...hosts.map((host) => `host ${host}`),
    ...[...images, ...(machine === undefined ? [] : [machine])].map((image) => `image ${image}`),
  ];
}

/** Returns the tools that a call starts. Pulumi's CLI counts where it loads a plugin or is the npm package. */
function toolsOf({ arguments: args }: ts.CallExpression): string[] {
  const [first, second] = args;
  const words =
    second !== undefined && ts.isArrayLiteralExpression(second)
      ? second.elements.filter(ts.isStringLiteral).map(({ text }) => text)
      : [];
  if (second !== undefined && /\bpath\.join\(.*"pulumi", "run\.js"/.test(second.getText()))
    return ["tool pulumi's npm package"];
  if (first === undefined || !ts.isStringLiteral(first))
    return first !== undefined &&
      ts.isArrayLiteralExpression(first) &&
      /"-m",\s*"pip",\s*"download"/.test(first.getText())
      ? ["tool pip"]
      : [];
  if (first.text === "pulumi" && words[0] === "plugin" && words[1] === "install") return ["tool pulumi plugin install"];
  return TOOLS.test(first.text) &&
    second !== undefined &&
    (ts.isArrayLiteralExpression(second) || ts.isIdentifier(second))
    ? [`tool ${first.text}`]
    : [];
}
