import {
  BaseRuntime,
  type Capabilities,
  invoke,
  type Outcome,
  type RuntimeOptions,
  SEQUENTIAL,
  type Task,
} from "@polyloom/core/runtime";

/** Runs nodes in this process, one at a time, in the order in which they were added: the reference. */
export class LocalRuntime extends BaseRuntime {
  readonly name = "local";
  readonly capabilities: Capabilities = SEQUENTIAL;

  /**
   * Takes the options of every runtime.
   * @throws PolyloomError `invalid_option`
   */
  constructor(options: RuntimeOptions = {}) {
    super(options);
  }

  protected runTask(task: Task): Outcome | Promise<Outcome> {
    return invoke(task);
  }
}
