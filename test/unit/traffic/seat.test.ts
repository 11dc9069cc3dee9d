import { expect, it, vi } from "vitest";
import { requireGateway } from "../../../cli/traffic/seat";
import { server } from "./server";

const { state } = vi.hoisted(() => ({ state: { type: "NodePort" as string | Error } }));
vi.mock("../../../cli/stack/stack", async (original) => ({
  ...(await original<object>()),
  exportStack: async () => {
    if (state.type instanceof Error) throw state.type;
    const outputs = { metadata: { name: "istio-ingressgateway" }, spec: { type: state.type } };
    return { resources: [{ urn: "front", type: "kubernetes:core/v1:Service", outputs }] };
  },
}));

const seat = { stack: "seat2", lessons: ["bookinfo"] };

it("lets a gateway be that takes connections", async () => {
  const { url, requests } = await server(() => undefined);
  await requireGateway({ ...seat, gatewayUrl: url });
  expect(requests).toEqual([]);
});

it("refuses one that takes none, with the command that starts the seat", async () => {
  await expect(requireGateway({ ...seat, gatewayUrl: "http://127.0.0.2:1" })).rejects.toThrow(
    /stack seat2 .* http:\/\/127\.0\.0\.2:1 \(ECONNREFUSED\).*npm run up -- --stack seat2/s,
  );
});

it("names the port-forward where the gateway is reached by one", async () => {
  state.type = "ClusterIP";
  await expect(requireGateway({ ...seat, gatewayUrl: "http://localhost:1" })).rejects.toThrow(
    /port-forward -n istio-ingress service\/istio-ingressgateway 1:80/,
  );
});

it.each(["NodePort", new Error("the state cannot be read")])(
  "names none at localhost where node ports are published: %s",
  async (type) => {
    state.type = type;
    await expect(requireGateway({ ...seat, gatewayUrl: "http://localhost:1" })).rejects.toThrow(
      /Is the seat running\? `npm run up -- --stack seat2`/,
    );
  },
);

it("reaches one at an IPv6 address", async () => {
  await expect(requireGateway({ ...seat, gatewayUrl: "http://[::1]:1" })).rejects.toThrow(
    /http:\/\/\[::1\]:1 \((ECONNREFUSED|EADDRNOTAVAIL|ENETUNREACH)\)/,
  );
});
