import { type RunEvent, Workflow, type WorkflowError } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { z } from "zod";
import { CloudRuntime } from "./cloud-runtime.ts";
import { executeThere } from "./execute-there.ts";
import { newton, requirePositive } from "./nodes.ts";
import { startServer } from "./start-server.ts";

const flow = new Workflow("root", { input: z.object({ of: z.number() }) });
const checked = flow.addNode("checked", requirePositive, { value: flow.input.of });
const step = flow.addNode("step", newton, { x: 1, of: checked.out.value });
flow.createCycle("refine").connect(step.out.x, step.in.x).convergeWhen("step.moved < 1e-12").maxIterations(50).build();

const server = await startServer();
const runtime = new CloudRuntime({ url: server.url });

console.log("Node by node");
const counts: Record<string, number> = {};
const onEvent = ({ type }: RunEvent): void => void (counts[type] = (counts[type] ?? 0) + 1);
// #region execute
const result = await runtime.execute(flow, { input: { of: 2 }, observers: [{ onEvent }] });
// #endregion execute
const local = await new LocalRuntime().execute(flow, { input: { of: 2 } });
const { x, steps, pid } = result.get(step);
console.log(`  ${x} after ${steps} steps, as on the local runtime: ${x === local.get(step).x}`);
console.log(`  in another process: ${pid !== process.pid}`);
console.log(`  ${counts["node.progress"]} reports of progress and ${counts["node.log"]} log lines came back`);

const failed = await runtime.execute(flow, { input: { of: -2 } }).catch((error: WorkflowError) => error);
if ("cause" in failed) console.log(`  ${failed.nodeId}: ${String(failed.cause)}`);

console.log("The whole workflow at once");
// #region whole
const answer = await executeThere(server.url, flow, { input: { of: 2 } });
// #endregion whole
console.log(`  ${answer.status}: ${(answer.results["step"] as { x: number }).x}`);
console.log(`  ${answer.cycles["refine"]?.iterations} iterations`);

await runtime.close();
await server.close();
