import assert from "node:assert/strict";
import {
  all,
  any,
  type Criterion,
  type CycleBuilder,
  type CyclePredicate,
  delta,
  fixpoint,
  type NodeHandle,
  plateau,
  Workflow,
} from "@polyloom/core";
import { type Case, casesOf } from "../case.ts";
import { fork } from "../fixtures/branches.ts";
import { look } from "../fixtures/contexts.ts";
import { halve, increment, number } from "../fixtures/numbers.ts";
import * as holds from "../fixtures/predicates.ts";
import type { Subject } from "../subject.ts";

type NumberHandle = NodeHandle<{ value: number }, { value: number }>;

/** How many iterations a cycle takes that counts up from nought, and why it stopped. */
async function counted(
  subject: Subject,
  build: (loop: CycleBuilder, step: NumberHandle) => CycleBuilder,
): Promise<unknown[]> {
  const flow = new Workflow("counting");
  const step = flow.addNode("step", increment, { value: 0 });
  build(flow.createCycle("loop").connect(step.out.value, step.in.value), step).maxIterations(20).build();
  const { loop } = (await subject.completed(flow)).cycles;
  return [loop?.iterations, loop?.reason];
}

/** As {@link counted}, for a predicate over the count. */
function predicated(subject: Subject, predicate: CyclePredicate<number>, window = 1): Promise<unknown[]> {
  return counted(subject, (loop, step) => loop.convergeWhen(step.out.value, predicate).historyWindow(window));
}

/** As {@link counted}, for a number that is halved from one. */
async function halved(subject: Subject, criterion: (step: NumberHandle) => Criterion): Promise<number | undefined> {
  const flow = new Workflow("halving");
  const step = flow.addNode("step", halve, { value: 1 });
  const loop = flow.createCycle("loop").connect(step.out.value, step.in.value);
  loop.convergeWhen(criterion(step)).maxIterations(20).build();
  return (await subject.completed(flow)).cycles["loop"]?.iterations;
}

/** As {@link counted}, for a criterion in words. */
function inWords(subject: Subject, text: string): Promise<unknown[]> {
  return counted(subject, (loop) => loop.convergeWhen(text));
}

/** The error that a criterion in words gives. */
async function failing(
  subject: Subject,
  build: (loop: CycleBuilder, step: NumberHandle) => CycleBuilder,
): Promise<{ code: string; message: string }> {
  const flow = new Workflow("counting");
  const step = flow.addNode("step", increment, { value: 0 });
  build(flow.createCycle("loop").connect(step.out.value, step.in.value), step).maxIterations(20).build();
  return subject.rejected(flow);
}

export const convergence: readonly Case[] = [
  ...casesOf("C3", {
    "a predicate is asked after each iteration, on its value": async (subject) => {
      assert.deepEqual(await predicated(subject, holds.fromFour), [4, "converged"]);
    },
    "a predicate is told the iteration, from 1": async (subject) => {
      assert.deepEqual(await predicated(subject, holds.inThird), [3, "converged"]);
    },
    "a predicate is asked after the first iteration already": async (subject) => {
      assert.deepEqual(await predicated(subject, holds.always), [1, "converged"]);
    },
    "a predicate is told the value before": async (subject) => {
      assert.deepEqual(await predicated(subject, holds.afterPrevious), [2, "converged"]);
    },
    "a predicate is told the time": async (subject) => {
      assert.deepEqual(await predicated(subject, holds.timeIsTold), [2, "converged"]);
    },
    "a predicate is told earlier values, as many as the window asks for": async (subject) => {
      assert.deepEqual(await predicated(subject, holds.afterThree, 3), [4, "converged"]);
    },
    "a node is told the iteration, from 1": async (subject) => {
      const flow = new Workflow("told");
      const step = flow.addNode("step", look, {});
      flow.createCycle("loop").connect(step.out.value, step.in.value).maxIterations(3).build();
      const { seen } = (await subject.completed(flow)).results["step"] as { seen: { iteration: number } };
      assert.equal(seen.iteration, 3);
    },
    "a dead value counts as not converged": async (subject) => {
      const flow = new Workflow("dead");
      const step = flow.addNode("step", increment, { value: 0 });
      const gate = flow.addNode("gate", fork, { value: step.out.value, way: "left" });
      const loop = flow.createCycle("loop").connect(step.out.value, step.in.value).include(gate);
      loop.convergeWhen(gate.out.right, holds.always).maxIterations(3).build();
      assert.equal((await subject.completed(flow)).cycles["loop"]?.reason, "max_iterations");
    },
    "delta holds when a number moves by less than the tolerance": async (subject) => {
      assert.equal(await halved(subject, (step) => delta(step.out.value, 0.1)), 4);
    },
    "delta has to hold as often in a row as patience asks": async (subject) => {
      assert.equal(await halved(subject, (step) => delta(step.out.value, 0.1, { patience: 3 })), 6);
    },
    "plateau holds when the best value improves no more": async (subject) => {
      const flow = new Workflow("flat");
      const step = flow.addNode("step", number, { value: 1 });
      const loop = flow.createCycle("loop").connect(step.out.value, step.in.value);
      loop
        .convergeWhen(plateau(step.out.value, { patience: 2 }))
        .maxIterations(20)
        .build();
      assert.equal((await subject.completed(flow)).cycles["loop"]?.iterations, 3);
    },
    "fixpoint holds when a value equals the one before": async (subject) => {
      const flow = new Workflow("fixed");
      const step = flow.addNode("step", number, { value: 1 });
      const loop = flow.createCycle("loop").connect(step.out.value, step.in.value);
      loop.convergeWhen(fixpoint(step.out.value)).maxIterations(20).build();
      assert.equal((await subject.completed(flow)).cycles["loop"]?.iterations, 2);
    },
    "any holds with the first of its parts, all with the last": async (subject) => {
      const parts = (step: NumberHandle): Criterion[] => [delta(step.out.value, 0.2), delta(step.out.value, 0.05)];
      assert.equal(await halved(subject, (step) => any(...parts(step))), 3);
      assert.equal(await halved(subject, (step) => all(...parts(step))), 5);
    },
  }),
  ...casesOf("C4", {
    "a node's port is named in full": async (subject) => {
      assert.deepEqual(await inWords(subject, "step.value >= 4"), [4, "converged"]);
    },
    "a port that is unambiguous in the body is named alone": async (subject) => {
      assert.deepEqual(await inWords(subject, "value > 2"), [3, "converged"]);
    },
    "the iteration, the value before and the time can be read": async (subject) => {
      assert.deepEqual(await inWords(subject, "iteration == 5"), [5, "converged"]);
      assert.deepEqual(await inWords(subject, "previous.value == 2 && elapsedMs >= 0"), [3, "converged"]);
    },
    "abs, min and max are known": async (subject) => {
      assert.deepEqual(await inWords(subject, "abs(value - 5) < 1 && min(value, 9) == max(value, 1)"), [
        5,
        "converged",
      ]);
    },
    "numbers behave as in JavaScript": async (subject) => {
      assert.deepEqual(await inWords(subject, "value + 1 > 2"), [2, "converged"]);
      assert.deepEqual(await inWords(subject, "iteration % 3 == 0"), [3, "converged"]);
      assert.deepEqual(await inWords(subject, "value / 2 == 1.5"), [3, "converged"]);
    },
    "what cannot be parsed is refused before anything runs": async (subject) => {
      const { code, message } = await failing(subject, (loop) => loop.convergeWhen("value >"));
      assert.equal(code, "expression_invalid");
      assert.match(message, /value >/);
    },
    "an unknown name is refused, and the known ones are told": async (subject) => {
      const { code, message } = await failing(subject, (loop) => loop.convergeWhen("nothing > 1"));
      assert.equal(code, "expression_invalid");
      assert.match(message, /step\.value/);
    },
    "what gives no boolean is an error, never convergence": async (subject) => {
      const { code, message } = await failing(subject, (loop) => loop.convergeWhen("value + 1"));
      assert.equal(code, "expression_failed");
      assert.match(message, /iteration 1/);
    },
    "a predicate that throws is an error that tells the iteration": async (subject) => {
      const { code, message } = await failing(subject, (loop, step) =>
        loop.convergeWhen(step.out.value, holds.throwsInSecond),
      );
      assert.equal(code, "expression_failed");
      assert.match(message, /iteration 2.*the predicate broke/s);
    },
    "a predicate that gives no boolean is an error": async (subject) => {
      const { code } = await failing(subject, (loop, step) => loop.convergeWhen(step.out.value, holds.truthy));
      assert.equal(code, "expression_failed");
    },
  }),
];
