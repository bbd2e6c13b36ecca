import type { CycleCheckpoint } from "./cycle-checkpoint.ts";
import type { Run } from "../execute/run.ts";
import { Histogram } from "../observe/histogram.ts";
import type { CutPart } from "./plan-part.ts";
import type { CycleEnd } from "./report.ts";

/** Takes over how far a cycle came elsewhere; times there count from `sentAt` on the clock here. */
export function adoptCycle(run: Run, cycle: number, end: CycleEnd, part: CutPart, sentAt: number): void {
  const { state, book } = run;
  for (const [local, status, outputs, [startedMs, durationMs]] of end.steps) {
    const step = part.steps[local]!;
    state.outputs[step] = outputs as Record<string, unknown> | undefined;
    state.status[step] = status;
    book.tookElsewhere(step, sentAt + startedMs, durationMs);
  }
  for (const [local, sums] of end.sums)
    run.timing?.tookElsewhere(part.steps[local]!, {
      ...sums,
      histogram: sums.histogram && Histogram.from(sums.histogram),
    });
  if (end.committed !== undefined) run.cycles[cycle]!.adopt(end.committed);
  for (const [local, counts] of end.cycles) run.cycles[part.cycles[local]!]!.progress.adopt(counts);
}

/** Makes a cycle that ran elsewhere go on here, once it is started: what it came to was taken over already. */
export function bringBack(run: Run, cycle: number, { feedback, states, mark }: CycleCheckpoint, part: CutPart): void {
  const [values, last] = [[...run.feedback.content.values], [...run.feedback.content.last]];
  part.slots.forEach((slot, local) => {
    values[slot] = feedback.values[local];
    last[slot] = feedback.last[local];
  });
  run.feedback.content = { values, last };
  for (const [step, item, state] of states) run.nodeStates.keep(run.plan.steps[part.steps[step]!]!, item, state);
  run.cycles[cycle]!.goOnFrom(mark);
}
