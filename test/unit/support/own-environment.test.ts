import { expect, it } from "vitest";
import { ownEnvironment } from "../../support/own-environment";

const USERS = {
  KUBECONFIG: "/a",
  PULUMI_CONFIG_PASSPHRASE: "x",
  PULUMI_HOME: "/b",
  AZURE_CONFIG_DIR: "/c",
  ARM_TENANT_ID: "d",
  ISTIO_LAB_HOME: "/e",
  ISTIO_LAB_RUN: "/f",
  npm_config_json: "true",
  FORCE_COLOR: "3",
  HTTPS_PROXY: "http://g",
  TZ: "Asia/Kathmandu",
  LANG: "tr_TR.UTF-8",
  TMPDIR: "/h i",
};

it("has what finds the programs and the toolchain, and what vitest and Stryker work by", () => {
  const kept = {
    PATH: "/bin",
    HOME: "/home/a",
    ISTIO_LAB_CACHE: "/cache",
    GOPATH: "/go",
    VITEST_POOL_ID: "1",
    __STRYKER_ACTIVE_MUTANT__: "7",
    NODE_ENV: "test",
  };
  expect(ownEnvironment({ ...kept, ...USERS })).toEqual({
    ...kept,
    PULUMI_HOME: "/nonexistent/pulumi",
    npm_config_userconfig: "/dev/null",
    npm_config_offline: "true",
    GOPROXY: "off",
  });
});

it("is the environment of this very test", () => {
  expect(process.env).toEqual(ownEnvironment(process.env));
});
