import * as fs from "node:fs";
import * as path from "node:path";
import { storageProvisionerImage } from "../../versions";
import { COREDNS_IMAGE } from "../images";
import { DNS_SERVICE_ADDRESS } from "./plan";

/** The YAML files of `manifests/`, with their placeholders filled in. */
export function manifests(): string[] {
  const values = {
    DNS_ADDRESS: DNS_SERVICE_ADDRESS,
    COREDNS_IMAGE,
    STORAGE_PROVISIONER_IMAGE: storageProvisionerImage,
  };
  const folder = path.join(__dirname, "manifests");
  return fs
    .readdirSync(folder)
    .sort()
    .map((file) => fill(fs.readFileSync(path.join(folder, file), "utf8"), values));
}

/** Replaces each `${NAME}`. @throws when a name has no value */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`\${${name}} has no value.`);
    return value;
  });
}
