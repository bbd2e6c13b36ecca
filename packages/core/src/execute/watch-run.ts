import { PolyloomError } from "@polyloom/wire";
import type { Run, RunEnd } from "./run.ts";

/** Starts a run, stops it when its time is over or it is not wanted any more, and waits for its end. */
export async function watchRun(
  run: Run,
  runtime: string,
  timeoutMs: number | undefined,
  signals: readonly AbortSignal[],
): Promise<{ end: RunEnd; durationMs: number }> {
  const { clock, plan } = run;
  const began = clock.now();
  const timer = timeoutMs === undefined ? undefined : clock.set(() => run.cancel(outOfTime(timeoutMs)), timeoutMs);
  const onAbort = (): void => run.cancel(unwanted(signals.find(({ aborted }) => aborted)));
  for (const signal of signals) signal.addEventListener("abort", onAbort, { once: true });
  run.events?.emit({ type: "run.started", workflow: plan.workflow.name, runtime, nodes: plan.indexOf.size });
  if (signals.some(({ aborted }) => aborted)) onAbort();
  else run.start();
  const end = await run.ended;
  for (const signal of signals) signal.removeEventListener("abort", onAbort);
  if (timer !== undefined) clock.clear(timer);
  return { end, durationMs: clock.now() - began };
}

function unwanted(signal: AbortSignal | undefined): PolyloomError {
  return new PolyloomError("cancelled", "the run was cancelled", { cause: signal?.reason });
}

function outOfTime(timeoutMs: number): PolyloomError {
  return new PolyloomError("run_timeout", `the run took longer than ${timeoutMs} ms`, { details: { timeoutMs } });
}
