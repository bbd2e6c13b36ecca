import { BaseRuntime, type Capabilities, invoke, type Outcome, SEQUENTIAL, type Task } from "@polyloom/core/runtime";

/** The smallest runtime: nodes run here, one at a time. */
export class ReferenceRuntime extends BaseRuntime {
  readonly name: string = "reference";
  readonly capabilities: Capabilities = SEQUENTIAL;

  protected runTask(task: Task, _signal: AbortSignal): Outcome | Promise<Outcome> {
    return invoke(task);
  }
}

/** As {@link ReferenceRuntime}, with three tasks at once. */
export class ConcurrentReference extends ReferenceRuntime {
  override readonly name: string = "concurrent reference";
  override readonly capabilities: Capabilities = { ...SEQUENTIAL, maxConcurrency: 3 };
}
