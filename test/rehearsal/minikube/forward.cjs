// Passes connections on: `node forward.cjs PORT:ADDRESS:PORT…`, each from that port of 127.0.0.1, as Docker publishes ports of a container.
const net = require("node:net");

for (const rule of process.argv.slice(2)) {
  const [from, address, to] = rule.split(":");
  net
    .createServer((client) => {
      const server = net.connect(Number(to), address);
      client.pipe(server).pipe(client);
      for (const [one, other] of [
        [client, server],
        [server, client],
      ])
        one.on("error", () => other.destroy()).on("close", () => other.destroy());
    })
    .listen(Number(from), "127.0.0.1");
}
