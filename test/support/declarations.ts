import * as fs from "node:fs";
import * as path from "node:path";
import { sourceFile, ts } from "./typescript";
import { projectRoot } from "../../base/paths";

/** The type of a property, from an SDK's declarations. */
export type Shape =
  | { is: "any" }
  | { is: "text" }
  | { is: "number" }
  | { is: "flag" }
  | { is: "one of"; values: readonly string[] }
  | { is: "list"; of: Shape }
  | { is: "map"; of: Shape }
  | { is: "object"; name: string; fields: () => Fields };

export type Fields = Readonly<Record<string, { shape: Shape; required: boolean }>>;

/**
 * Reads the declarations of an installed Pulumi SDK. It parses only what is asked for, because azure-native's input
 * types alone are 7.6 MB.
 */
export class Declarations {
  private readonly parsed = new Map<string, ts.SourceFile>();
  private readonly texts = new Map<string, string>();
  private readonly known = new Map<string, Fields>();
  private readonly namespaces = new Map<string, readonly [start: number, end: number]>();

  constructor(private readonly sdk: string) {}

  /** Returns the text of a file of the package; undefined where the file does not exist. */
  text(file: string): string | undefined {
    if (!this.texts.has(file)) {
      const full = path.join(projectRoot, "node_modules/@pulumi", this.sdk, file);
      if (!fs.existsSync(full)) return undefined;
      this.texts.set(file, fs.readFileSync(full, "utf8"));
    }
    return this.texts.get(file);
  }

  /** Returns the properties of a top-level interface or class in a file of the package. */
  fields(file: string, name: string): Fields {
    return this.fieldsIn(this.parse(file, this.text(file) ?? ""), name);
  }

  private fieldsIn(source: ts.SourceFile, name: string): Fields {
    const key = `${source.fileName} ${name}`;
    const known = this.known.get(key) ?? this.readFields(source, name);
    this.known.set(key, known);
    return known;
  }

  private readFields(source: ts.SourceFile, name: string): Fields {
    const found = descendants(source).find(
      (node) => (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) && node.name?.text === name,
    );
    if (found === undefined) throw new Error(`${this.sdk}: ${source.fileName} declares no ${name}`);
    const members = [...(found as ts.InterfaceDeclaration | ts.ClassDeclaration).members];
    const properties = members.filter((member) => ts.isPropertySignature(member) || ts.isPropertyDeclaration(member));
    return Object.fromEntries(
      properties.map((property) => [
        (property.name as ts.Identifier).text,
        { shape: this.shape(property.type), required: property.questionToken === undefined },
      ]),
    );
  }

  private shape(type: ts.TypeNode | undefined): Shape {
    if (type === undefined) return { is: "any" };
    if (ts.isParenthesizedTypeNode(type)) return this.shape(type.type);
    if (ts.isArrayTypeNode(type)) return { is: "list", of: this.shape(type.elementType) };
    if (ts.isTypeLiteralNode(type))
      return { is: "map", of: this.shape(type.members.find(ts.isIndexSignatureDeclaration)?.type) };
    if (ts.isUnionTypeNode(type)) return this.union(type.types.map((part) => this.shape(part)));
    if (ts.isTypeReferenceNode(type)) return this.reference(type);
    return KEYWORDS[type.kind] ?? { is: "any" };
  }

  /** Reads `string | enums.X | undefined` as the values that the SDK knows. */
  private union(parts: Shape[]): Shape {
    const known = parts.filter(({ is }) => is !== "any");
    return known.find(({ is }) => is === "one of") ?? (known.length === 1 ? known[0]! : { is: "any" });
  }

  private reference(type: ts.TypeReferenceNode): Shape {
    const [root, ...names] = type.typeName.getText().split(".");
    if (root === "pulumi") return this.shape(type.typeArguments?.[0]);
    const [name, ...modules] = names.reverse();
    if (root === "enums") return this.values(modules.reverse(), name!);
    const source = root === "inputs" ? "types/input.d.ts" : "types/output.d.ts";
    return {
      is: "object",
      name: name!,
      fields: () => this.fieldsIn(this.declaration(source, modules[0], name!), name!),
    };
  }

  /** Reads the values of `export declare const X: { readonly A: "A"; … }`. */
  private values(modules: string[], name: string): Shape {
    const file = path.join("types/enums", ...modules, "index.d.ts");
    const text = this.text(file) ?? "";
    const start = text.indexOf(`export declare const ${name}: {\n`);
    if (start < 0) return { is: "text" };
    // One constant alone, as in `declaration`.
    const constant = this.parse(`${file}#${name}`, text.slice(start, text.indexOf("\n};\n", start) + "\n};\n".length));
    const literals = descendants(constant).filter(ts.isStringLiteral);
    return literals.length === 0 ? { is: "text" } : { is: "one of", values: literals.map((literal) => literal.text) };
  }

  /**
   * Parses one interface of a namespace. Parsing all of azure-native's `network` for each of its types takes a second
   * of CPU.
   */
  private declaration(file: string, namespace: string | undefined, name: string): ts.SourceFile {
    const text = this.text(file) ?? "";
    if (namespace === undefined) return this.parse(file, text);
    const known = this.parsed.get(`${file}#${namespace}.${name}`);
    if (known !== undefined) return known;
    const [start, end] = this.namespace(file, text, namespace);
    const begin = text.indexOf(`\n    interface ${name} {`, start);
    const found =
      start >= 0 && begin >= 0 && begin < end
        ? text.slice(begin, text.indexOf("\n    }\n", begin) + "\n    }\n".length)
        : "";
    return this.parse(`${file}#${namespace}.${name}`, found);
  }

  /** Returns where a namespace begins and ends. To search 7 MB for it takes long, and most types are of one namespace. */
  private namespace(file: string, text: string, name: string): readonly [start: number, end: number] {
    const key = `${file}#${name}`;
    const start = this.namespaces.get(key)?.[0] ?? text.indexOf(`\nexport declare namespace ${name} {`);
    const found = this.namespaces.get(key) ?? [start, start < 0 ? -1 : text.indexOf("\n}", start)];
    this.namespaces.set(key, found);
    return found;
  }

  private parse(name: string, text: string): ts.SourceFile {
    if (!this.parsed.has(name)) this.parsed.set(name, sourceFile(name, text));
    return this.parsed.get(name)!;
  }
}

const KEYWORDS: Partial<Record<ts.SyntaxKind, Shape>> = {
  [ts.SyntaxKind.StringKeyword]: { is: "text" },
  [ts.SyntaxKind.NumberKeyword]: { is: "number" },
  [ts.SyntaxKind.BooleanKeyword]: { is: "flag" },
};

function descendants(node: ts.Node): ts.Node[] {
  const all: ts.Node[] = [];
  const visit = (child: ts.Node): void => {
    all.push(child);
    ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  return all;
}
