import { expect, test } from "vitest";
import { Workflow } from "../define/workflow.ts";
import { increment } from "../hostile/nodes.fixture.ts";
import { InlineRuntime } from "./inline-runtime.fixture.ts";

type Line = readonly [about: object, text: string];

/** A logger that notes warnings, or throws them back. */
function noting(lines: Line[], fails = false): never {
  const logger = {
    child: () => logger,
    error: () => undefined,
    warn: (about: object, text: string) => {
      lines.push([about, text]);
      if (fails) throw new Error("disk full");
    },
  };
  return logger as never;
}

function once(): Workflow {
  const flow = new Workflow("once");
  const step = flow.addNode("step", increment, { value: 0 });
  flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(1).build();
  return flow;
}

test("a cycle that cannot have been meant is told of in the log, with its place, once for each version of the workflow", async () => {
  const lines: Line[] = [];
  const runtime = new InlineRuntime({ logger: noting(lines) });
  const flow = once();
  await runtime.execute(flow, { runId: "first" });
  await runtime.execute(flow);
  expect(lines).toEqual([
    [
      { runId: "first", code: "cycle_single_iteration", place: "cycle loop" },
      'cycle "loop" never repeats: its maximum is one iteration; raise maxIterations, or remove the cycle: its nodes run once without it',
    ],
  ]);
  flow.addNode("more", increment, { value: 0 });
  await runtime.execute(flow);
  expect(lines).toHaveLength(2);
});

test("E7: a logger that fails fails no run", async () => {
  const lines: Line[] = [];
  const result = await new InlineRuntime({ logger: noting(lines, true) }).execute(once());
  expect([result.status, lines.length]).toEqual(["completed", 1]);
});

test("what is right is not told of", async () => {
  const lines: Line[] = [];
  const flow = new Workflow("right");
  flow.addNode("step", increment, { value: 0 });
  await new InlineRuntime({ logger: noting(lines) }).execute(flow);
  expect(lines).toEqual([]);
});
