import { describe, expect, test } from "vitest";
import { attemptOf } from "../../../components/cluster/azure/attempts";
import { named, type State } from "../components/graph";
import { runProgram } from "../components/program";
import { required } from "./config";

const TYPE = "azure-native:compute:VirtualMachineRunCommandByVirtualMachine";
const urn = (name: string) => `urn:pulumi:seat7::istio-lab::istio-lab:cluster:Azure$${TYPE}::${name}`;
const remembered = (name: string, provisioningState?: string, attempt?: string): State => ({
  [urn(name)]: {
    type: TYPE,
    outputs: {
      provisioningState,
      parameters: [
        { name: "DNS_NAME", value: "x" },
        ...(attempt === undefined ? [] : [{ name: "ATTEMPT", value: attempt }]),
      ],
    },
  },
});

describe("the attempt of a run command", () => {
  test.each<[string, State, number]>([
    ["is the first where the state has none", {}, 1],
    ["is the first where only another node's failed", remembered("seat-agent-1-ready", "Failed"), 1],
    [
      "stays the first of a seat that came up, as of one that an earlier release made",
      remembered("seat-server-ready", "Succeeded"),
      1,
    ],
    ["is raised after a failure", remembered("seat-server-ready", "Failed"), 2],
    ["is raised after each failure", remembered("seat-server-ready", "Failed", "2"), 3],
    ["is raised where a broken-off run left it under way", remembered("seat-server-ready", "Updating", "2"), 3],
    ["is raised where the state does not say how it ended", remembered("seat-server-ready"), 2],
    ["stays what it was once it succeeded", remembered("seat-server-ready", "Succeeded", "3"), 3],
  ])("%s", (_what, state, attempt) => expect(attemptOf(state as never, "seat-server-ready")).toBe(attempt));
});

describe("the program", () => {
  const settings = { target: "azure", lessons: [], addons: [], azure: { ...required, nodes: 2 } };
  const open = async (state?: State) => {
    const { resources } = await runProgram(settings, state);
    return ["seat-server-ready", "seat-agent-1-ready"].map((name) => named(resources, name).inputs.parameters);
  };
  const [server, agent] = [
    [{ name: "DNS_NAME", value: expect.any(String) }],
    [{ name: "SERVER_ADDRESS", value: expect.any(String) }],
  ];

  test("changes the body of the command that failed, and of no other", async () => {
    expect(await open(remembered("seat-server-ready", "Failed"))).toEqual([
      [...server, { name: "ATTEMPT", value: "2" }],
      agent,
    ]);
    expect(await open(remembered("seat-agent-1-ready", "Failed", "2"))).toEqual([
      server,
      [...agent, { name: "ATTEMPT", value: "3" }],
    ]);
  });

  test("leaves the body of a seat that is well as it was", async () => {
    expect(await open()).toEqual([server, agent]);
    expect(
      await open({
        ...remembered("seat-server-ready", "Succeeded"),
        ...remembered("seat-agent-1-ready", "Succeeded", "2"),
      }),
    ).toEqual([server, [...agent, { name: "ATTEMPT", value: "2" }]]);
  });
});
