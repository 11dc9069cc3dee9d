/**
 * The variables that a test's process keeps. Programs, `go` and the toolchain's cache are found by them, and vitest
 * and Stryker need their own.
 */
const KEPT =
  /^(PATH|HOME|USER|LOGNAME|SHELL|ISTIO_LAB_CACHE|XDG_CACHE_HOME|GO(PATH|MODCACHE|CACHE|ROOT)|TEST|DEV|PROD|MODE|SSR|BASE_URL|NODE_(ENV|OPTIONS|PATH|V8_COVERAGE)|_*(VITEST|VITE|TINYPOOL|STRYKER)\w*)$/;

/** Values that keep tools from reading the user's files and from asking a registry. */
const OWN = {
  PULUMI_HOME: "/nonexistent/pulumi",
  npm_config_userconfig: "/dev/null",
  npm_config_offline: "true",
  GOPROXY: "off",
};

/**
 * Returns a unit test's environment, so that its result is the same for every user. A test about a variable sets that
 * variable.
 */
export function ownEnvironment(env: Readonly<NodeJS.ProcessEnv>): NodeJS.ProcessEnv {
  return { ...Object.fromEntries(Object.entries(env).filter(([name]) => KEPT.test(name))), ...OWN };
}
