import type { Run } from "../execute/run.ts";
import type { CycleEnd } from "./report.ts";

/** What a cycle of a run came to, and all that is in it; times count from `origin`. */
export function cycleEnd(run: Run, cycle: number, settled: boolean, origin: number): CycleEnd {
  const { state, plan, cycles, timing } = run;
  const began = run.book.startedAt;
  const { steps } = plan.cycles[cycle]!;
  const within = plan.cycles.filter(({ index }) => index === cycle || cycles[index]!.isWithin(cycle));
  return {
    settled,
    cycles: within.map(({ index }) => [index, cycles[index]!.progress.counts] as const),
    steps: steps.map((step) => {
      const startedAt = (state.startedAt?.[step] ?? Number.NaN) + began - origin;
      return [step, state.status[step]!, state.outputs[step], [startedAt, state.durationMs?.[step] ?? Number.NaN]];
    }),
    committed:
      cycles[cycle]!.progress.iterations === 0 ? undefined : steps.map((step) => cycles[cycle]!.committed(step)),
    sums: steps.flatMap((step) => {
      const sums = timing?.sumsOf(step);
      return sums === undefined ? [] : [[step, { ...sums, histogram: sums.histogram?.data }] as const];
    }),
  };
}
