import { BaseRuntime } from "./base-runtime.ts";
import { type Capabilities, SEQUENTIAL } from "./capabilities.ts";
import type { RuntimeOptions } from "./options.ts";
import { invoke, type Outcome, type Task } from "./task.ts";

/** A runtime for core's own tests: runs nodes where it stands, so many at once as it is told. */
export class InlineRuntime extends BaseRuntime {
  readonly name = "inline";
  readonly capabilities: Capabilities;

  /** Takes the options of every runtime, and how many tasks may run at once. */
  constructor(options: RuntimeOptions = {}, maxConcurrency = 1) {
    super(options);
    this.capabilities = { ...SEQUENTIAL, maxConcurrency };
  }

  protected override runTask(task: Task): Outcome | Promise<Outcome> {
    return invoke(task);
  }
}
