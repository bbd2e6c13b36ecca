// A program that forgets to close its runtime.
import { Workflow } from "@polyloom/core";
import { addOne } from "./fault.fixture.ts";
import { ParallelRuntime } from "./parallel-runtime.ts";

const flow = new Workflow("open");
flow.addNode("one", addOne, { value: 1 });
await new ParallelRuntime({ maxWorkers: 1, idleTimeoutMs: Infinity }).execute(flow);
process.stdout.write("done\n");
