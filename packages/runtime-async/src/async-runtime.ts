import { PolyloomError } from "@polyloom/core";
import {
  BaseRuntime,
  type Capabilities,
  invoke,
  type Outcome,
  type RuntimeOptions,
  SEQUENTIAL,
  type Task,
} from "@polyloom/core/runtime";

/** Options of {@link AsyncRuntime}: those of every runtime, and a limit. */
export interface AsyncRuntimeOptions extends RuntimeOptions {
  /** Most tasks at once: a whole number from 1, or `Infinity`, the default. */
  readonly maxConcurrency?: number;
}

/** Runs nodes in this process, as many at once as its limits allow; work between two awaits still takes turns on one thread. */
export class AsyncRuntime extends BaseRuntime {
  readonly name = "async";
  readonly capabilities: Capabilities;

  /**
   * Takes the options of every runtime, and `maxConcurrency`.
   * @throws PolyloomError `invalid_option`
   */
  constructor(options: AsyncRuntimeOptions = {}) {
    super(options, ["maxConcurrency"]);
    this.capabilities = Object.freeze({ ...SEQUENTIAL, maxConcurrency: concurrencyOf(options) });
  }

  protected runTask(task: Task): Outcome | Promise<Outcome> {
    return invoke(task);
  }
}

function concurrencyOf({ maxConcurrency: limit = Infinity }: AsyncRuntimeOptions): number {
  if (limit === Infinity || (Number.isInteger(limit) && limit >= 1)) return limit;
  const expected = "a whole number from 1, or Infinity";
  throw new PolyloomError("invalid_option", `maxConcurrency has to be ${expected}, not ${String(limit)}`, {
    details: { option: "maxConcurrency", expected },
  });
}
