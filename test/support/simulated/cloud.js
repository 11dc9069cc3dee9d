// The simulated cloud, called by Pulumi's dynamic plugin in the checkout's folder. See README.md beside this file.
const fs = require("node:fs");

const file = ({ part, seat }) => `cloud/${part}.${seat}.json`;
const read = (name) => (fs.existsSync(`cloud/${name}`) ? fs.readFileSync(`cloud/${name}`, "utf8").trim() : undefined);
const wait = () => new Promise((resolve) => setTimeout(resolve, Number(read("seconds") ?? "0") * 1000));

async function make(props) {
  await wait();
  const fault = read(`fault.${props.seat}`);
  if (fault !== undefined) throw new Error(fault);
  fs.writeFileSync(file(props), JSON.stringify({ name: `istio-lab-${props.seat}`, tags: { project: "istio-lab", seat: props.seat } }));
}

module.exports = {
  diff: async (_, { weights, password }, news) => ({ changes: weights !== news.weights || password !== news.password }),
  create: async (props) => {
    await make(props);
    return { id: `${props.part}-${props.seat}`, outs: props };
  },
  read: async (id, props) => ({ id, props }),
  update: async (_, __, props) => {
    await make(props);
    return { outs: props };
  },
  delete: async (_, props) => {
    await wait();
    if (read(`keep.${props.seat}`) === undefined) fs.rmSync(file(props), { force: true });
  },
};
