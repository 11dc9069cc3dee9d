import { expect, it } from "vitest";
import { requireGateway } from "../../../cli/traffic/seat";
import { server } from "./server";

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
  await expect(requireGateway({ ...seat, gatewayUrl: "http://localhost:1" })).rejects.toThrow(
    /port-forward -n istio-ingress service\/istio-ingressgateway 1:80/,
  );
});
