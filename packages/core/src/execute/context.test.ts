import { expect, test } from "vitest";
import { Workflow } from "../define/workflow.ts";
import type { NodeContext } from "../define/node.ts";
import { recording } from "../observe/silent-logger.fixture.ts";
import { latch } from "./latch.fixture.ts";
import { settled } from "./manual-clock.fixture.ts";
import { needing, runtimeOf, watch, work } from "./work.fixture.ts";

/** What a node is told of itself. */
const told = ({ workflow, nodeId, attempt, iteration, index }: NodeContext): unknown[] => [
  workflow,
  nodeId,
  attempt,
  iteration,
  index,
];

test("a node is told where it stands: outside cycles, inside, in a map, in a workflow inside", async () => {
  const seen: unknown[][] = [];
  const note = work((_, context) => void seen.push(told(context)));
  const inner = new Workflow("inner");
  inner.addNode("deep", note);
  const flow = new Workflow("outer");
  flow.addNode("plain", note);
  flow.addNode("sub", inner);
  flow.addMap(
    "map",
    needing((_, context) => void seen.push(told(context))),
    { each: { in: [0, 0] } },
  );
  const step = flow.addNode("step", note);
  flow.createCycle("loop").connect(step.out.out, step.in.in).maxIterations(2).build();
  await watch(runtimeOf({}, 1).runtime, flow);
  expect(seen).toEqual([
    ["outer", "plain", 1, 0, undefined],
    ["outer", "sub/deep", 1, 0, undefined],
    ["outer", "map", 1, 0, 0],
    ["outer", "map", 1, 0, 1],
    ["outer", "step", 1, 1, undefined],
    ["outer", "step", 1, 2, undefined],
  ]);
});

test("K1: every node has a signal; one with a time limit has its own, the others share the run's", async () => {
  const signals: AbortSignal[] = [];
  const flow = new Workflow("w");
  for (const id of ["a", "b"])
    flow.addNode(
      id,
      work((_, { signal }) => void signals.push(signal)),
    );
  flow.addNode(
    "own",
    work((_, { signal }) => void signals.push(signal), { timeoutMs: 10 }),
  );
  await watch(runtimeOf({}, 1).runtime, flow);
  expect(signals.every((signal) => signal instanceof AbortSignal && !signal.aborted)).toBe(true);
  expect([signals[0] === signals[1], signals[0] === signals[2]]).toEqual([true, false]);
});

test("O1: progress and log lines are events of the node, in order, until its end and not after it", async () => {
  const { logger, lines } = recording();
  const { runtime } = runtimeOf({ logger });
  const flow = new Workflow("w");
  const gate = latch();
  let late: Promise<void> | undefined;
  flow.addNode(
    "node",
    work((_, { progress, logger: own }) => {
      progress(1, 2, "half");
      own.info("a line");
      progress(2);
      late = (async () => {
        await gate;
        progress(3);
        own.info("late");
      })();
      return 1;
    }),
  );
  const { events } = await watch(runtime, flow, { runId: "r" });
  const count = events.length;
  gate.open();
  await late;
  expect(events.length).toBe(count);
  expect(events.filter(({ type }) => type === "node.progress" || type === "node.log")).toMatchObject([
    { nodeId: "node", done: 1, total: 2, message: "half" },
    { nodeId: "node", level: "info", message: "a line" },
    { nodeId: "node", done: 2, total: undefined },
  ]);
  expect(lines).toMatchObject([
    { runId: "r", nodeId: "node", msg: "a line" },
    { runId: "r", nodeId: "node", msg: "late" },
  ]);
});

test("O1: a given-up attempt reports nothing while the next one runs", async () => {
  const { runtime, clock } = runtimeOf({ graceMs: 1 });
  const flow = new Workflow("w");
  const [first, second] = [latch(), latch()];
  flow.addNode(
    "node",
    work(
      async (_, { attempt, progress }) => {
        await (attempt === 1 ? first : second);
        progress(attempt);
      },
      { timeoutMs: 10, retry: { attempts: 2, delayMs: 1 } },
    ),
  );
  const watched = watch(runtime, flow);
  await clock.advance(12);
  first.open();
  await settled();
  second.open();
  const { events } = await watched;
  expect(events.flatMap((event) => (event.type === "node.progress" ? [event.done] : []))).toEqual([2]);
});
