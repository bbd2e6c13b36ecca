import assert from "node:assert/strict";
import { type CycleBuilder, type NodeHandle, Workflow } from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import { fork } from "../fixtures/branches.ts";
import { failOn } from "../fixtures/failures.ts";
import { block, memoryIsBounded } from "../fixtures/memory.ts";
import { increment, number } from "../fixtures/numbers.ts";
import { always, belowFour, fromFour, historyGrows, inThird, never } from "../fixtures/predicates.ts";
import { hold, holdFrom } from "../fixtures/waits.ts";
import { eventsOf, hasStarted } from "../timeline.ts";

type NumberHandle = NodeHandle<{ value: number }, { value: number }>;

/** A workflow whose node `step` counts up from nought in cycle `loop`. */
function counting(build: (loop: CycleBuilder, step: NumberHandle, flow: Workflow) => CycleBuilder): Workflow {
  const flow = new Workflow("counting");
  const step = flow.addNode("step", increment, { value: 0 });
  build(flow.createCycle("loop").connect(step.out.value, step.in.value), step, flow).build();
  return flow;
}

/** A workflow whose node counts up at once, and waits for its abort from a count on; the cycle may take 50 ms. */
function timed(from: number, ms: number): Workflow {
  const flow = new Workflow("timed");
  const step = flow.addNode("step", holdFrom, { value: 0, from, ms });
  flow.addNode("after", number, { value: step.out.value });
  flow.createCycle("loop").connect(step.out.value, step.in.value).timeout(50).maxIterations(6).build();
  return flow;
}

export const cycleEnds: readonly Case[] = [
  ...casesOf("C5", {
    "a cycle tells its iterations, whether it converged, why it stopped, and its time": async (subject) => {
      const flow = counting((loop, step) => loop.convergeWhen(step.out.value, fromFour).maxIterations(9));
      const { loop } = (await subject.completed(flow)).cycles;
      assert.deepEqual([loop?.iterations, loop?.converged, loop?.reason], [4, true, "converged"]);
      assert.ok(loop !== undefined && loop.elapsedMs >= 0);
    },
    "running out of iterations is told, and accepted": async (subject) => {
      const flow = counting((loop, step) => loop.convergeWhen(step.out.value, never).maxIterations(3));
      const { cycles } = await subject.completed(flow);
      assert.deepEqual(
        [cycles["loop"]?.iterations, cycles["loop"]?.converged, cycles["loop"]?.reason],
        [3, false, "max_iterations"],
      );
    },
    "convergence comes before the limit, and the limit before the condition": async (subject) => {
      const both = counting((loop, step) => loop.convergeWhen(step.out.value, inThird).maxIterations(3));
      assert.equal((await subject.completed(both)).cycles["loop"]?.reason, "converged");
      const last = counting((loop, step) => loop.continueWhile(step.out.value, belowFour).maxIterations(4));
      assert.equal((await subject.completed(last)).cycles["loop"]?.reason, "max_iterations");
    },
    "onExhausted fail makes running out an error with the last values": async (subject) => {
      const flow = counting((loop, step) =>
        loop.convergeWhen(step.out.value, never).maxIterations(3).onExhausted("fail"),
      );
      const error = await subject.rejected(flow);
      assert.equal(error.code, "cycle_exhausted");
      assert.deepEqual(error.details["last"], { step: { value: 3 } });
    },
    "onExhausted fail does not mind a cycle that converges in its last iteration": async (subject) => {
      const flow = counting((loop, step) =>
        loop.convergeWhen(step.out.value, inThird).maxIterations(3).onExhausted("fail"),
      );
      assert.equal((await subject.completed(flow)).cycles["loop"]?.converged, true);
    },
    "cycleMetrics sums over cycles": async (subject) => {
      const flow = new Workflow("two");
      for (const [id, iterations] of [
        ["one", 2],
        ["two", 3],
      ] as const) {
        const step = flow.addNode(id, increment, { value: 0 });
        flow.createCycle(`loop-${id}`).connect(step.out.value, step.in.value).maxIterations(iterations).build();
      }
      assert.deepEqual((await subject.completed(flow)).cycleMetrics, { totalIterations: 5, converged: false });
      const done = counting((loop, step) => loop.convergeWhen(step.out.value, fromFour).maxIterations(9));
      assert.deepEqual((await subject.completed(done)).cycleMetrics, { totalIterations: 4, converged: true });
    },
    "a cycle whose node fails tells that it failed": async (subject) => {
      const flow = new Workflow("failing");
      const step = flow.addNode("step", failOn, { value: 0, bad: 2 });
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(5).build();
      const { cycles } = await subject.rejected(flow);
      assert.deepEqual([cycles["loop"]?.iterations, cycles["loop"]?.reason], [2, "failed"]);
    },
    "a cycle that is cancelled tells so": async (subject) => {
      const flow = new Workflow("cancelled");
      const step = flow.addNode("step", hold, { ms: subject.patienceMs });
      flow.createCycle("loop").connect(step.out.value, step.in.ms).maxIterations(5).build();
      const { error } = await subject.interrupted(flow, (events) => hasStarted(events, "step"));
      assert.equal(error?.cycles["loop"]?.reason, "cancelled");
    },
  }),
  ...casesOf("C6", {
    "false before the first iteration means no iteration, and a skipped body": async (subject) => {
      const flow = counting((loop, _step, whole) =>
        loop.continueWhile(whole.addNode("outside", number, { value: 9 }).out.value, belowFour).maxIterations(5),
      );
      const { cycles, nodes, results } = await subject.completed(flow);
      assert.deepEqual([cycles["loop"]?.iterations, cycles["loop"]?.reason], [0, "condition"]);
      assert.deepEqual([nodes["step"]?.status, results["step"]], ["skipped", undefined]);
    },
    "a reference from outside that holds lets every iteration run": async (subject) => {
      const flow = counting((loop, _step, whole) =>
        loop.continueWhile(whole.addNode("outside", number, { value: 1 }).out.value, belowFour).maxIterations(5),
      );
      assert.equal((await subject.completed(flow)).cycles["loop"]?.iterations, 5);
    },
    "a reference from outside is a dependency of the cycle": async (subject) => {
      const flow = counting((loop, _step, whole) =>
        loop.continueWhile(whole.addNode("outside", number, { value: 1 }).out.value, belowFour).maxIterations(1),
      );
      const { events } = await subject.observed(flow);
      assert.deepEqual(
        eventsOf(events, "node.started").map(({ nodeId }) => nodeId),
        ["outside", "step"],
      );
    },
    "a reference from the body is read from the iteration before, from the second on": async (subject) => {
      const flow = counting((loop, step) => loop.continueWhile(step.out.value, belowFour).maxIterations(9));
      const { cycles, results } = await subject.completed(flow);
      assert.deepEqual([cycles["loop"]?.iterations, cycles["loop"]?.reason], [4, "condition"]);
      assert.deepEqual(results["step"], { value: 4 });
    },
    "a dead value counts as false": async (subject) => {
      const flow = counting((loop, _step, whole) => {
        const branch = whole.addNode("branch", fork, { value: 1, way: "left" });
        return loop.continueWhile(branch.out.right, always).maxIterations(5);
      });
      assert.equal((await subject.completed(flow)).cycles["loop"]?.iterations, 0);
    },
    "an iteration in which no node completes ends the cycle, uncounted": async (subject) => {
      const flow = new Workflow("nothing");
      const branch = flow.addNode("branch", fork, { value: 1, way: "left" });
      const step = flow.addNode("step", increment, { value: branch.out.right });
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(5).build();
      const { loop } = (await subject.completed(flow)).cycles;
      assert.deepEqual([loop?.iterations, loop?.reason], [0, "condition"]);
    },
  }),
  ...casesOf("C9", {
    "no more history is kept than the window asks for": async (subject) => {
      const flow = counting((loop, step) => loop.convergeWhen(step.out.value, historyGrows).maxIterations(5));
      assert.equal((await subject.completed(flow)).cycles["loop"]?.reason, "max_iterations");
    },
    "values of earlier iterations are let go of": async (subject) => {
      const flow = new Workflow("blocks");
      const step = flow.addNode("step", block, { value: 0 });
      const loop = flow.createCycle("loop").connect(step.out.value, step.in.value);
      loop.convergeWhen(step.out.value, memoryIsBounded).maxIterations(305).build();
      assert.equal((await subject.completed(flow)).cycles["loop"]?.reason, "converged");
    },
    "a thousand iterations each count": async (subject) => {
      const flow = counting((loop) => loop.maxIterations(1000));
      const { cycles, results } = await subject.completed(flow);
      assert.deepEqual([cycles["loop"]?.iterations, results["step"]], [1000, { value: 1000 }]);
    },
  }),
  ...casesOf("C10", {
    "a cycle's timeout interrupts the running node and keeps the last completed iteration": async (subject) => {
      const { cycles, results } = await subject.completed(timed(2, subject.patienceMs));
      const { iterations = 0, reason } = cycles["loop"] ?? {};
      assert.equal(reason, "timeout");
      // Two, unless the runtime is slow: the third iteration waits for its abort.
      assert.ok(iterations <= 2);
      const kept = iterations === 0 ? undefined : { value: iterations };
      assert.deepEqual([results["step"], results["after"]], [kept, kept]);
    },
    "in the first iteration that means none, and a skipped body": async (subject) => {
      const { cycles, nodes } = await subject.completed(timed(0, subject.patienceMs));
      assert.deepEqual([cycles["loop"]?.iterations, cycles["loop"]?.reason], [0, "timeout"]);
      assert.deepEqual([nodes["step"]?.status, nodes["after"]?.status], ["skipped", "skipped"]);
    },
    "a cycle that ends in time is not touched": async (subject) => {
      const flow = counting((loop, step) => loop.convergeWhen(step.out.value, always).timeout(60_000));
      assert.equal((await subject.completed(flow)).cycles["loop"]?.reason, "converged");
    },
  }),
];
