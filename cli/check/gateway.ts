import { KUBECTL, onStack } from "../../base/advice";
import { gatewayName, ingressNamespace as namespace } from "../../components/mesh/gateway";
import { UserError } from "../../base/errors";
import { ApiSilent } from "./api";
import { isReady } from "./live-seat";
import type { Seat } from "./seat";

/**
 * Refuses a seat whose gateway cannot answer anything, in one message. A gateway that runs without a route, or with a wrong one, is
 * the checks' matter.
 * @throws {UserError} with what to do
 */
export async function requireGateway(seat: Seat, stack: string): Promise<void> {
  const { status, error } = await seat.http("/", { timeoutMilliseconds: 5000 });
  if (status > 0) return;
  const list = () => seat.list(`/api/v1/namespaces/${namespace}/pods`);
  // A busy machine is silent for a moment.
  const pods = await list().catch((silence) => (silence instanceof ApiSilent ? list() : Promise.reject(silence)));
  const silent = `GATEWAY_URL ${seat.gatewayUrl} does not answer (${error})`;
  if (pods.filter(isReady).length === 0) {
    throw new UserError(
      `${silent}: the gateway has no pod that is ready in namespace ${namespace}.\n` +
        onStack(stack, `Look at it with \`${KUBECTL} get deployments,pods -n ${namespace}\`; \`npm run -s pulumi -- refresh --yes && npm run up\` puts back what the lab made.`),
    );
  }
  const { hostname, port } = new URL(seat.gatewayUrl);
  if (hostname !== "localhost") return;
  throw new UserError(
    `${silent}: its Service is reached by a port-forward here. Start it in another shell and check again:\n` +
      onStack(stack, `${KUBECTL} port-forward -n ${namespace} service/${gatewayName} ${port}:80 8443:443`),
  );
}
