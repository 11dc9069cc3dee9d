// What Azure has at these addresses of a VM: whoever asks is told which address and port answered. A stand-in for Azure's own services.
const dgram = require("node:dgram");
const net = require("node:net");

const [wireServer, metadata] = ["168.63.129.16", "169.254.169.254"];
const streams = [[wireServer, 80], [wireServer, 32526], [wireServer, 53], [metadata, 80]].map(
  ([address, port]) => new Promise((resolve) => net.createServer((socket) => socket.on("error", () => {}).end(`${address}:${port}\n`)).listen(port, address, resolve)),
);
const datagrams = dgram.createSocket("udp4");
datagrams.on("message", (_, { port, address }) => datagrams.send(`${wireServer}:53\n`, port, address));
Promise.all([...streams, new Promise((resolve) => datagrams.bind(53, wireServer, resolve))]).then(() => console.log("ready"));
