import { expect, test } from "vitest";
import { Workflow } from "../define/workflow.ts";
import type { WorkflowError } from "../execute/failure.ts";
import { CheckpointRuntime, tally } from "./checkpoint-runtime.fixture.ts";
import { type ReportPortion, unpackReports } from "./report-portion.ts";

test("E1 C5: a cycle that has to be ended by force keeps the iterations that were told", async () => {
  const flow = new Workflow("forced");
  const step = flow.addNode("step", tally, { x: 0 });
  flow.createCycle("loop").connect(step.out.x, step.in.x).maxIterations(1000).build();
  const controller = new AbortController();
  const runtime = new CheckpointRuntime(3, { graceMs: 0 });
  runtime.instead = (batch, perform) => {
    const deliver = (portion: ReportPortion): void => {
      // The place is stuck after its first checkpoint: nothing more is heard of it.
      if (controller.signal.aborted) return;
      batch.deliver(portion);
      if (unpackReports(portion).some(([kind]) => kind === "checkpoint")) controller.abort();
    };
    void perform({ order: batch.order, transfer: batch.transfer, control: batch.control, deliver });
    return new Promise(() => undefined);
  };
  const error = await runtime.execute(flow, { signal: controller.signal }).catch((reason: WorkflowError) => reason);
  const { iterations } = (error as WorkflowError).cycles["loop"]!;
  expect(iterations).toBeGreaterThan(0);
  expect((error as WorkflowError).partialResults).toHaveProperty("step");
});
