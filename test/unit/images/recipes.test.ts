import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { addonNames } from "../../../components/addons/catalog";
import {
  addonImages,
  bookinfo,
  collectorImage,
  images,
  istio,
  pauseImage,
  storageProvisionerImage,
  zipkin,
} from "../../../versions";
import { archiveOf, isWritten, write } from "../../../embedded/images/archives";
import { addonsOf, recipes, recipesFor } from "../../../embedded/images/recipes";
import { parseLdd } from "../../../embedded/images/rootfs";
import { needs } from "../../support/needs";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "recipes-"));
  vi.stubEnv("ISTIO_LAB_CACHE", path.join(folder, "cache"));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Programs that need no build: any file will do where only paths and labels matter. */
const programs = { tool: stub, app: stub, pages: stubPages, java: stubJava };
function stub(name: string): string {
  const file = path.join(folder, name);
  try {
    readFileSync(file);
  } catch {
    writeFileSync(file, `#!/bin/sh\n# ${name}\n`);
  }
  return file;
}

function stubPages(addon: string): string {
  const pages = path.join(folder, "pages", addon);
  mkdirSync(path.join(pages, "locales/en"), { recursive: true });
  for (const name of ["main.js", "index.html", "locales/en/translation.json"])
    writeFileSync(path.join(pages, name), name);
  return pages;
}

function stubJava(): string {
  const java = path.join(folder, "java");
  for (const [name, mode] of [
    ["bin/java", 0o755],
    ["lib/libjli.so", 0o644],
    ["lib/server/libjvm.so", 0o644],
    ["conf/net.properties", 0o644],
  ] as const) {
    mkdirSync(path.dirname(path.join(java, name)), { recursive: true });
    writeFileSync(path.join(java, name), "#!/bin/sh\n", { mode });
  }
  return java;
}

/** Two tests look into packages that the toolchain installs; a machine without them cannot have these images either. */
const missing = ["/bin/busybox", "/usr/bin/curl", "/usr/sbin/xtables-nft-multi"].filter((file) => !existsSync(file));
const withPackages = (name: string, test: () => void) =>
  it(name, needs(...missing.map((file) => `needs ${file}`)), test);

const named = (name: string) => recipes.find((recipe) => recipe.name.startsWith(name))!;

describe("the images of a seat", () => {
  it("are the ones the program and the node ask for", () => {
    expect(recipes.map(({ name }) => name).sort()).toEqual([
      images.temperatureApi,
      images.temperatureService,
      images.curl,
      addonImages.grafana,
      addonImages.loki,
      images.echo,
      `docker.io/istio/examples-bookinfo-details-v1:${bookinfo}`,
      `docker.io/istio/examples-bookinfo-productpage-v1:${bookinfo}`,
      `docker.io/istio/examples-bookinfo-ratings-v1:${bookinfo}`,
      `docker.io/istio/examples-bookinfo-reviews-v1:${bookinfo}`,
      `docker.io/istio/examples-bookinfo-reviews-v2:${bookinfo}`,
      `docker.io/istio/examples-bookinfo-reviews-v3:${bookinfo}`,
      `docker.io/istio/pilot:${istio.version}`,
      `docker.io/istio/proxyv2:${istio.version}`,
      addonImages.jaeger,
      images.httpbin,
      addonImages.zipkin,
      collectorImage,
      addonImages.prometheus,
      storageProvisionerImage,
      addonImages.kiali,
      expect.stringMatching(/^registry\.k8s\.io\/coredns\/coredns:v1\.\d+\.\d+$/),
      pauseImage,
    ]);
  });

  it("say by a label that they are a stand-in, exactly where they are one", () => {
    const labelled = recipes.filter(
      (recipe) => "io.istio-lab.stand-in" in archiveOf(pure(recipe), programs).image.labels,
    );
    expect(labelled.map(({ name }) => name)).toEqual(recipes.filter(({ standIn }) => standIn).map(({ name }) => name));
    expect(labelled.map(({ name }) => name.replace(/^.*\//, "").replace(/:.*/, "")).sort()).toEqual([
      "examples-bookinfo-details-v1",
      "examples-bookinfo-productpage-v1",
      "examples-bookinfo-ratings-v1",
      "examples-bookinfo-reviews-v1",
      "examples-bookinfo-reviews-v2",
      "examples-bookinfo-reviews-v3",
      "grafana",
      "http-echo",
      "jaeger",
      "kiali",
      "loki",
      "pause",
      "service-mesh-temp-api",
      "service-mesh-temp-service",
      "storage-provisioner",
    ]);
  });

  it("say by another label that they only hold the place of an addon, and say so in words", () => {
    const labelled = recipes.filter(
      (recipe) => archiveOf(pure(recipe), programs).image.labels["io.istio-lab.placeholder"] === "true",
    );
    const { grafana, loki } = addonImages;
    expect(labelled.map(({ name }) => name)).toEqual([grafana, loki]);
    expect(recipes.filter(({ placeholder }) => placeholder)).toEqual(labelled);
    for (const { standIn } of labelled) expect(standIn).toMatch(/^a placeholder of this lab for /);
  });

  it("are those of every seat where no addon is chosen, and with each addon its own beside them", () => {
    const without = recipesFor([]).map(({ name }) => name);
    expect(without).toEqual(
      recipes
        .map(({ name }) => name)
        .filter((name) => ![...Object.values(addonImages), collectorImage].includes(name as never)),
    );
    for (const addon of addonNames) {
      const expected = addon === "loki" ? [collectorImage, addonImages.loki] : [addonImages[addon]];
      expect(
        recipesFor([addon])
          .map(({ name }) => name)
          .filter((name) => !without.includes(name)),
        addon,
      ).toEqual(expected);
    }
    expect(addonsOf(recipesFor(["kiali", "loki"]))).toEqual(["loki", "kiali"]);
    expect(addonsOf(recipesFor(addonNames).filter(({ name }) => name !== collectorImage))).toEqual(
      addonNames.filter((name) => name !== "loki"),
    );
  });

  it("hold the Prometheus that their tag names, and the Jaeger and the Kiali that their modules do", () => {
    expect(named("docker.io/prom/prometheus:v3.10.0").from).toContain("Prometheus 3.10.0,");
    expect(named(collectorImage).from).toContain("the OpenTelemetry Collector 0.73.0,");
    expect(named("docker.io/jaegertracing/jaeger").from).toContain("Jaeger 1.62.0:");
    expect(named("quay.io/kiali/kiali").from).toMatch(/^Kiali 1\.89\.8: the server .*, and its own pages/);
  });

  it("start Loki's placeholder and the collector where the Deployment has the program, as the user of upstream's image", () => {
    const starts = [addonImages.loki, collectorImage].map((name) => named(name).make(programs));
    expect(starts.map(({ start }) => [start.entrypoint, start.env, start.user])).toEqual([
      [["/usr/bin/loki"], ["PLACEHOLDER=loki"], "10001"],
      [["/otelcol-contrib"], undefined, "10001"],
    ]);
    for (const { files, start } of starts) expect(files.map((entry) => entry.path)).toContain(start.entrypoint![0]);
  });

  withPackages("start Kiali where it finds its pages, as the user of upstream's image", () => {
    const { files, start } = named("quay.io/kiali/kiali").make(programs);
    expect(start).toMatchObject({
      entrypoint: ["/opt/kiali/kiali"],
      user: "1000",
      workingDir: "/opt/kiali",
      ports: [20001, 9090],
    });
    const own = files
      .filter((entry) => entry.path.startsWith("/opt/"))
      .map((entry) => [entry.path, entry.kind === "file" && entry.mode]);
    expect(own).toEqual([
      ["/opt/kiali/kiali", 0o755],
      ["/opt/kiali/console/index.html", 0o644],
      ["/opt/kiali/console/locales/en/translation.json", 0o644],
      ["/opt/kiali/console/main.js", 0o644],
    ]);
  });

  it("start Zipkin's own jar on a Java that is whole, as the user of upstream's image", () => {
    const { files, start } = named("docker.io/openzipkin/zipkin-slim").make(programs);
    const [java] = start.entrypoint!;
    expect([java, start.entrypoint!.slice(-2), start.user, start.ports]).toEqual([
      "/usr/lib/jvm/java-17-openjdk-amd64/bin/java",
      ["-jar", "/zipkin/zipkin.jar"],
      "1000",
      [9411],
    ]);
    const modes = Object.fromEntries(
      files.flatMap((entry) =>
        entry.kind === "file" && /^\/(usr\/lib\/jvm|zipkin)\//.test(entry.path)
          ? [[entry.path.replace(path.dirname(path.dirname(java!)), "java"), entry.mode]]
          : [],
      ),
    );
    expect(modes).toEqual({
      "java/bin/java": 0o755,
      "java/conf/net.properties": 0o644,
      "java/lib/libjli.so": 0o644,
      "java/lib/server/libjvm.so": 0o644,
      "/zipkin/zipkin.jar": 0o644,
    });
    expect(named("docker.io/openzipkin/zipkin-slim").from).toBe(
      `Zipkin ${zipkin.version}: upstream's own jar, on Debian's headless Java ${zipkin.java.version.split("+")[0]}`,
    );
  });

  it("hold the go-httpbin that their tag names", () => {
    expect(named("docker.io/mccutchen/go-httpbin:v2.15.0").from).toBe("go-httpbin v2.15.0");
  });

  it("are all in the README's table", () => {
    const readme = readFileSync(path.join(__dirname, "../../../embedded/images/README.md"), "utf8");
    for (const { name } of recipes) expect(readme).toContain(name.replace(/^docker\.io\//, "").replace(/:.*$/, ""));
  });

  withPackages("give reviews its version by the environment, over one and the same layer", () => {
    const [v1, v2, v3] = ["v1", "v2", "v3"].map((v) =>
      named(`docker.io/istio/examples-bookinfo-reviews-${v}`).make(programs),
    );
    expect(v1!.start.env).toEqual(["SERVICE_VERSION=v1", "ENABLE_RATINGS=false", "STAR_COLOR=black"]);
    expect(v2!.start.env).toEqual(["SERVICE_VERSION=v2", "ENABLE_RATINGS=true", "STAR_COLOR=black"]);
    expect(v3!.start.env).toEqual(["SERVICE_VERSION=v3", "ENABLE_RATINGS=true", "STAR_COLOR=red"]);
    expect(v2!.files).toEqual(v1!.files);
    expect(v3!.files).toEqual(v1!.files);
  });

  withPackages("bring every library that iptables, its plugins and curl load", () => {
    const { files } = named("docker.io/istio/proxyv2").make(programs);
    const paths = new Set(files.map((entry) => entry.path));
    const programsInside = files.filter(
      (entry) => entry.path.startsWith("/usr/sbin/xtables-") || entry.path === "/usr/bin/curl",
    );
    expect(programsInside.map((entry) => entry.path)).toEqual([
      "/usr/sbin/xtables-legacy-multi",
      "/usr/sbin/xtables-nft-multi",
      "/usr/bin/curl",
    ]);
    const plugins = files.filter((entry) => entry.path.includes("/xtables/"));
    // What `pilot-agent istio-iptables` writes rules with (istio.io/istio/tools/istio-iptables).
    for (const needed of [
      "owner",
      "mark",
      "connmark",
      "conntrack",
      "socket",
      "TPROXY",
      "tcp",
      "udp",
      "CT",
      "REDIRECT",
    ]) {
      expect(plugins.map((entry) => path.basename(entry.path))).toContain(`libxt_${needed}.so`);
    }
    const fromEnvoy = new Set(["/lib/x86_64-linux-gnu/libm.so.6"]); // the stub of Envoy here needs nothing
    const listing = execFileSync(
      "ldd",
      [...programsInside, ...plugins].map((entry) => entry.path),
      { encoding: "utf8" },
    );
    const needed = new Set(parseLdd(listing));
    expect(needed.size).toBeGreaterThan(10);
    expect([...needed].filter((library) => !paths.has(library) && !fromEnvoy.has(library))).toEqual([]);
  });

  /** The recipe without what it takes from Debian packages, which a machine that only runs tests may lack. */
  function pure(recipe: (typeof recipes)[number]) {
    return { ...recipe, make: () => ({ files: [], start: {} }) };
  }
});

describe("an image's place in the cache", () => {
  const pause = named("registry.k8s.io/pause");

  it("is written once, whole, under a key", async () => {
    const archive = archiveOf(pause, programs);
    expect(path.relative(path.join(folder, "cache"), archive.file)).toMatch(
      /^images\/[0-9a-f]{16}\/registry\.k8s\.io_pause_3\.10\.1\.tar$/,
    );
    expect(isWritten(archive)).toBe(false);
    await write(archive, new AbortController().signal);
    expect(isWritten(archive)).toBe(true);
    expect(readdirSync(path.dirname(path.dirname(archive.file)))).toEqual([path.basename(path.dirname(archive.file))]);
    expect(archiveOf(pause, programs).file).toBe(archive.file);
  });

  it("is another when a program changed, or the start", () => {
    const before = archiveOf(pause, programs).file;
    utimesSync(stub("pause"), 1, 1);
    const after = archiveOf(pause, programs).file;
    expect(after).not.toBe(before);
    const other = { ...pause, make: () => ({ ...pause.make(programs), start: { entrypoint: ["/other"] } }) };
    expect(archiveOf(other, programs).file).not.toBe(after);
  });

  it("cannot be told while a program is missing", () => {
    const none = {
      tool: stub,
      pages: stubPages,
      java: stubJava,
      app: (name: string): string => {
        throw new Error(`${name} is not built yet`);
      },
    };
    expect(() => archiveOf(pause, none)).toThrow("pause is not built yet");
  });
});

describe("ldd's listing", () => {
  it("gives the libraries and the loader", () => {
    const listing = [
      "linux-vdso.so.1 (0x00ffc)",
      "libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00f01)",
      "/lib64/ld-linux-x86-64.so.2 (0x00f02)",
    ];
    expect(parseLdd(listing.map((line) => `\t${line}\n`).join(""))).toEqual([
      "/lib/x86_64-linux-gnu/libm.so.6",
      "/lib64/ld-linux-x86-64.so.2",
    ]);
  });

  it("is refused when a library is missing", () => {
    expect(() => parseLdd("\tlibz.so.1 => not found\n")).toThrow("Missing on this machine: libz.so.1");
  });
});
