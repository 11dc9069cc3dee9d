import { X509Certificate } from "node:crypto";
import * as tls from "node:tls";
import type { HttpsCheck } from "../../../components/lessons/checks/check";
import { hostForSocket } from "../../../base/host";
import { USER_AGENT } from "../../seat/seat";
import { beginning, type Probe } from "./probe";

export interface HttpsSeen {
  /** Why there was no answer. */
  error?: string;
  /** The gateway's certificate in PEM. */
  certificate?: string;
  status?: number;
  body?: string;
}

export const https: Probe<HttpsCheck, HttpsSeen> = {
  expected: ({ host, fingerprint }) =>
    `200 by HTTPS, with ${fingerprint ? "the certificate in the config" : `a certificate for ${host}`}`,
  look: ({ host, path }, { secure }) => ask(secure, host, path),
  evaluate({ host, body, fingerprint }, seen) {
    const evidence = {
      ...(seen.status !== undefined && { statuses: { [seen.status]: 1 } }),
      ...(seen.error && { errors: [seen.error] }),
    };
    if (seen.error || !seen.certificate)
      return { ok: false, seen: `no HTTPS: ${seen.error ?? "no certificate"}`, evidence };
    const certificate = new X509Certificate(seen.certificate);
    const now = Date.now();
    const wrong = [
      ...(certificate.checkHost(host)
        ? []
        : [
            `the certificate is for ${beginning(certificate.subjectAltName ?? certificate.subject, 60)}, not for ${host}`,
          ]),
      ...(Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo)
        ? []
        : [`the certificate is valid from ${certificate.validFrom} to ${certificate.validTo}`]),
      ...(fingerprint === undefined || certificate.fingerprint256 === fingerprint
        ? []
        : ["the certificate is not the one in the config"]),
      ...(seen.status === 200 && seen.body?.includes(body)
        ? []
        : [`answered ${seen.status} ${beginning(seen.body ?? "", 60)}`]),
    ];
    if (wrong.length > 0) return { ok: false, seen: wrong.join("; "), evidence };
    const issuer = certificate.verify(certificate.publicKey)
      ? "self-signed"
      : `issued by ${beginning(certificate.issuer, 40)}`;
    return {
      ok: true,
      seen: `${seen.status} "${beginning(seen.body!, 40)}"; certificate for ${host}, ${issuer}, until ${new Date(certificate.validTo).toISOString().slice(0, 10)}`,
    };
  },
};

/** Sends one GET over TLS with the host's name. Accepts any certificate, because `evaluate` looks at it afterwards. */
function ask({ host: address, port }: { host: string; port: number }, host: string, path: string): Promise<HttpsSeen> {
  return new Promise((resolve) => {
    let text = "";
    let certificate: string | undefined;
    const socket = tls.connect(
      { host: hostForSocket(address), port, servername: host, rejectUnauthorized: false, timeout: 8000 },
      () => {
        const { raw } = socket.getPeerCertificate();
        if (raw) certificate = `-----BEGIN CERTIFICATE-----\n${raw.toString("base64")}\n-----END CERTIFICATE-----\n`;
        socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: ${USER_AGENT}\r\nConnection: close\r\n\r\n`);
      },
    );
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => (text += chunk));
    socket.on("timeout", () => socket.destroy(new Error("no answer within 8 s")));
    socket.on("error", (error: NodeJS.ErrnoException) =>
      resolve({
        error:
          error.code === "ECONNRESET"
            ? "the gateway closed the connection before it showed a certificate"
            : error.message,
        certificate,
      }),
    );
    socket.on("end", () => {
      const [head = "", ...rest] = text.split("\r\n\r\n");
      resolve({ certificate, status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), body: rest.join("\r\n\r\n") });
    });
  });
}
