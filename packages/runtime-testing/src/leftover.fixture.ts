// Run in a process of its own, which ends when nothing is left in its event loop.
import { defineNode, Workflow } from "@polyloom/core";
import { z } from "zod";
import { TestingRuntime } from "./index.ts";

const HOUR = 3_600_000;
const output = z.object({ x: z.number() });
const stuck = defineNode({
  name: "stuck",
  input: z.object({}),
  output,
  timeoutMs: 5,
  run: () => new Promise<{ x: number }>(() => undefined),
});
const slow = defineNode({
  name: "slow",
  input: z.object({}),
  output,
  run: async () => {
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    return { x: 1 };
  },
});

const flow = new Workflow("leftovers");
flow.addNode("stuck", stuck, {});
flow.addNode("slow", slow, {});
flow.addNode("mocked", slow, {});
const runtime = new TestingRuntime({ timeoutMs: HOUR, graceMs: 0, onFailure: "continue" });
const result = await runtime.setNodeLatency("mocked", 5).execute(flow);
await new TestingRuntime({ timeoutMs: HOUR }).setNodeResponse("stuck", { x: 1 }).execute(flow);
process.stdout.write(result.errors.map(({ nodeId }) => nodeId).join());
