import { type CycleReport, type Failure, type RunEvent, type RunResult, WorkflowError } from "@polyloom/core";
import type { BaseRuntime } from "@polyloom/core/runtime";
import type { Building } from "./build.fixture.ts";
import type { Scenario } from "./description.fixture.ts";

/** What a run gave, however it ended. */
export interface Observed {
  readonly error: WorkflowError | undefined;
  readonly failures: readonly Failure[];
  readonly results: Readonly<Record<string, unknown>>;
  readonly cycles: Readonly<Record<string, CycleReport>>;
  /** Only of a run that resolved. */
  readonly result: RunResult | undefined;
  readonly events: readonly RunEvent[];
}

/** Runs a scenario and takes down all that can be seen of it. */
export async function observe(runtime: BaseRuntime, { workflow }: Building, scenario: Scenario): Promise<Observed> {
  const { input, parameters, onFailure } = scenario;
  const events: RunEvent[] = [];
  const observers = [{ onEvent: (event: RunEvent) => void events.push(event) }];
  const options = { input, parameters, onFailure, observers };
  try {
    const result = await runtime.execute(workflow, options as never);
    const { results, cycles, errors: failures } = result;
    return { error: undefined, failures, results, cycles, result: result as RunResult, events };
  } catch (error) {
    if (!(error instanceof WorkflowError) || error.errors.length === 0) throw error;
    const { partialResults: results, cycles, errors: failures } = error;
    return { error, failures, results, cycles, result: undefined, events };
  } finally {
    await runtime.close();
  }
}
