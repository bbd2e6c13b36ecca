// #region runtime
import {
  BaseRuntime,
  type Capabilities,
  invoke,
  type Outcome,
  type RuntimeOptions,
  SEQUENTIAL,
  type Task,
} from "@polyloom/core/runtime";

/** Runs nodes in this process, four at once. */
export class FourAtOnce extends BaseRuntime {
  readonly name = "four";
  readonly capabilities: Capabilities = { ...SEQUENTIAL, maxConcurrency: 4 };

  constructor(options: RuntimeOptions = {}) {
    super(options);
  }

  protected runTask(task: Task): Outcome | Promise<Outcome> {
    return invoke(task);
  }
}
// #endregion runtime
