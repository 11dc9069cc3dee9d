import { expect, test } from "vitest";
import { bypassProxy } from "../../../base/proxy";

const local = "localhost,127.0.0.1,127.0.0.0/8,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16";

test.each([
  "HTTPS_PROXY",
  "HTTP_PROXY",
  "ALL_PROXY",
  "GRPC_PROXY",
  "https_proxy",
  "http_proxy",
  "all_proxy",
  "grpc_proxy",
])("%s without exceptions: children get this machine and private addresses, in both spellings", (name) => {
  const env: Record<string, string | undefined> = { [name]: "http://proxy.example:3128" };
  expect(bypassProxy(env)).toBe(
    `${name} is set. Programs that are started here get NO_PROXY with this machine and private addresses: ${local}`,
  );
  expect(env).toEqual({ [name]: "http://proxy.example:3128", NO_PROXY: local, no_proxy: local });
  expect(bypassProxy(env)).toBeUndefined();
});

test("the user's own exceptions stay, of either spelling, and only what is missing is said", () => {
  const env: Record<string, string | undefined> = {
    HTTPS_PROXY: "http://proxy.example:3128",
    NO_PROXY: "mirror.example, localhost",
    no_proxy: "10.0.0.0/8,",
  };
  expect(bypassProxy(env)).toContain(": 127.0.0.1,127.0.0.0/8,::1,172.16.0.0/12,192.168.0.0/16");
  expect(env.NO_PROXY).toBe(
    "mirror.example,localhost,10.0.0.0/8,127.0.0.1,127.0.0.0/8,::1,172.16.0.0/12,192.168.0.0/16",
  );
  expect(env.no_proxy).toBe(env.NO_PROXY);
});

test("an asterisk excepts everything already, for whoever reads one spelling alone too", () => {
  const env: Record<string, string | undefined> = { HTTPS_PROXY: "http://proxy.example:3128", NO_PROXY: "*" };
  expect(bypassProxy(env)).toBeUndefined();
  expect(env.no_proxy).toBe("*");
});

test("without a proxy nothing is set", () => {
  const env = { HTTPS_PROXY: "", NO_PROXY: undefined };
  expect(bypassProxy(env)).toBeUndefined();
  expect(env).toEqual({ HTTPS_PROXY: "", NO_PROXY: undefined });
});
