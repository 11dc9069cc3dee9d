import { Cloud } from "../cloud";
import { azureNative } from "./azure-native";
import { random } from "./random";
import { serve, type Plugin } from "./server";
import { tls } from "./tls";

/** The process of a recording plugin: NAME CLOUD-FOLDER, then what the engine adds. Prints its port, as every Pulumi plugin does. */
const plugins: Record<string, (cloud: Cloud) => Plugin> = { "azure-native": azureNative, random, tls };

async function main([name, folder]: string[]): Promise<void> {
  const parent = process.ppid;
  // An engine that was killed cannot say good-bye.
  setInterval(() => process.ppid !== parent && process.exit(1), 1_000).unref();
  console.log(await serve(plugins[name!]!(new Cloud(folder!))));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
