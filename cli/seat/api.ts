import { UserError } from "../../base/errors";
import { Api, ApiError, type KubeConfig } from "../../kube";

/** The API server did not answer, so the answer is unknown. */
export class ApiSilent extends UserError {}

/** How many milliseconds a connection may be idle. */
const IDLE = 10_000;

/**
 * The API server's client for commands that a user waits for. It limits idle time and not the whole answer, because a
 * long list takes time. It limits no connections, because many checks run at once. A silent server is an ApiSilent,
 * which is printed without a stack trace. Other failures keep their own error.
 */
export function apiOf(kubeconfig: KubeConfig): Api {
  return new Api(kubeconfig, {
    patience: Infinity,
    idle: IDLE,
    maxSockets: Infinity,
    errors: {
      refused({ code, path, text, status }) {
        const said = status === undefined ? text.trim() || undefined : status.message;
        return new ApiError(code, said ?? `${path}: the API server answered ${code}`, status?.reason);
      },
      silent: ({ url, error, isBrokenOff }) =>
        isBrokenOff
          ? error
          : new ApiSilent(`The cluster's API server does not answer (${url.origin}: ${error.code ?? error.message}).`),
      noCredentials: (error) => error,
      unreadable: (error) => error,
    },
  });
}

/** Asks once more where the API server was silent, because a busy machine may be silent for a moment. */
export async function askedTwice<T>(ask: () => Promise<T>): Promise<T> {
  return ask().catch((error) => (error instanceof ApiSilent ? ask() : Promise.reject(error)));
}
