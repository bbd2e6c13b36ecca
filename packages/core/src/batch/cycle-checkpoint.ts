import { findUntransferable } from "@polyloom/wire";
import type { CycleMark } from "../execute/cycle-progress.ts";
import type { FeedbackContent } from "../execute/feedback.ts";
import type { Run } from "../execute/run.ts";
import { cycleEnd } from "./cycle-end.ts";
import type { CycleEnd } from "./report.ts";

type State = Record<string, unknown>;

/** A cycle between two iterations, as plain data: all that another place needs to go on. */
export interface CycleCheckpoint extends CycleEnd {
  readonly mark: CycleMark;
  readonly feedback: FeedbackContent;
  /** What nodes keep; -1 where the step is no map. */
  readonly states: readonly (readonly [step: number, item: number, state: State])[];
}

/** What a cycle came to; `undefined` where a node keeps what cannot cross, so that the cycle has to stay where it is. */
export function takeCheckpoint(run: Run, cycle: number, origin: number): CycleCheckpoint | undefined {
  const states = run.nodeStates.entries();
  if (states.some(([, , state]) => findUntransferable(state) !== undefined)) return undefined;
  return {
    ...cycleEnd(run, cycle, false, origin),
    mark: run.cycles[cycle]!.mark,
    feedback: run.feedback.content,
    states,
  };
}

/** Makes a cycle go on from a checkpoint when it starts, instead of afresh; steps, cycles and slots count as the run's. */
export function putCheckpoint(run: Run, cycle: number, checkpoint: CycleCheckpoint): void {
  const { state, feedback, nodeStates, plan, cycles } = run;
  feedback.content = checkpoint.feedback;
  for (const [step, item, kept] of checkpoint.states) nodeStates.keep(plan.steps[step]!, item, kept);
  for (const [step, status, outputs] of checkpoint.steps) {
    state.outputs[step] = outputs as State | undefined;
    state.status[step] = status;
  }
  for (const [index, counts] of checkpoint.cycles) cycles[index]!.progress.adopt(counts);
  cycles[cycle]!.adopt(checkpoint.committed!);
  cycles[cycle]!.goOnFrom(checkpoint.mark);
}
