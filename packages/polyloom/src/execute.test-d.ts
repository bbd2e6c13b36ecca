import { z } from "zod";
import { execute, loadRuntime, Workflow } from "./index.ts";

const ports = { input: z.object({ x: z.number() }), output: z.object({ y: z.string() }) };
const flow = new Workflow("typed", ports);

const result = await execute(flow, { input: { x: 1 } });
result.outputs.y satisfies string;
// @ts-expect-error the input is a number
await execute(flow, { input: { x: "1" } });
// @ts-expect-error there is no such option
await execute(flow, { input: { x: 1 }, collectMetrics: true });

(await loadRuntime("testing")).getExecutionOrder() satisfies readonly string[];
// @ts-expect-error only some runtimes have a limit
await loadRuntime("local", { maxConcurrency: 3 });
// @ts-expect-error no runtime has this name
await loadRuntime("loacl");
