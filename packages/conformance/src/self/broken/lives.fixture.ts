import type {
  ExecuteOptions,
  Issue,
  RunEvent,
  RunResult,
  ValidationMetrics,
  Workflow,
  WorkflowLike,
} from "@polyloom/core";
import {
  BaseRuntime,
  type Capabilities,
  type Clock,
  invoke,
  type Outcome,
  type RuntimeOptions,
  SEQUENTIAL,
  systemClock,
  type Task,
} from "@polyloom/core/runtime";
import type { Clause } from "../../clause.ts";
import type { Runtime } from "../../subject.ts";
import { ReferenceRuntime } from "../reference-runtime.fixture.ts";
import type { Broken } from "../sabotage.fixture.ts";

type Class = new (options?: RuntimeOptions) => Runtime;

function broken(what: string, fails: readonly Clause[], Broken: Class): Broken {
  return { what, fails, create: (options) => new Broken(options) };
}

class LeakedListener extends ReferenceRuntime {
  override execute<WI, WO>(workflow: Workflow<WI, WO>, options?: ExecuteOptions<NoInfer<WI>>): Promise<RunResult<WO>> {
    options?.signal?.addEventListener("abort", () => undefined);
    return super.execute(workflow, options);
  }
}

class LeakedTimer extends ReferenceRuntime {
  override execute<WI, WO>(workflow: Workflow<WI, WO>, options?: ExecuteOptions<NoInfer<WI>>): Promise<RunResult<WO>> {
    setTimeout(() => undefined, 60_000);
    return super.execute(workflow, options);
  }
}

class ClosedOnce extends ReferenceRuntime {
  #closed = false;
  override close(options?: { cancel?: boolean }): Promise<void> {
    if (this.#closed) return Promise.reject(new Error("closed already"));
    this.#closed = true;
    return super.close(options);
  }
}

class ClosedAtOnce extends ReferenceRuntime {
  override async close(options?: { cancel?: boolean }): Promise<void> {
    void super.close(options);
  }
}

class NeverClosed extends ReferenceRuntime {
  override async close(): Promise<void> {
    await Promise.resolve();
  }
}

class Patient extends ReferenceRuntime {
  override close(): Promise<void> {
    return super.close();
  }
}

class WithoutTurns extends ReferenceRuntime {
  protected override clock(): Clock {
    return { ...super.clock(), turn: (callback) => queueMicrotask(callback) };
  }
}

class HastyClock extends ReferenceRuntime {
  protected override clock(): Clock {
    return { ...systemClock, set: (callback, ms) => systemClock.set(callback, ms / 2) };
  }
}

class BufferedStream extends ReferenceRuntime {
  override async *stream(workflow: WorkflowLike, options?: ExecuteOptions): AsyncGenerator<RunEvent, void> {
    const events: RunEvent[] = [];
    try {
      for await (const event of super.stream(workflow, options)) events.push(event);
    } finally {
      yield* events;
    }
  }
}

class LostStream extends ReferenceRuntime {
  override async *stream(workflow: WorkflowLike, options?: ExecuteOptions): AsyncGenerator<RunEvent, void> {
    for await (const event of super.stream(workflow, options)) if (event.type !== "node.started") yield event;
  }
}

class StreamThatGoesOn extends ReferenceRuntime {
  override async *stream(workflow: WorkflowLike, options: ExecuteOptions = {}): AsyncGenerator<RunEvent, void> {
    const events: RunEvent[] = [];
    let wake = (): void => undefined;
    const onEvent = (event: RunEvent): void => {
      events.push(event);
      wake();
    };
    const ended = this.execute(workflow as Workflow, {
      ...options,
      observers: [...(options.observers ?? []), { onEvent }],
    });
    ended.catch(() => undefined);
    for (let i = 0; ; i++) {
      while (
        events.length <= i &&
        !(await Promise.race([
          ended.then(
            () => true,
            () => true,
          ),
          new Promise<false>((resolve) => (wake = () => resolve(false))),
        ]))
      );
      if (events[i] === undefined) break;
      yield events[i]!;
      if (events[i]!.type === "run.ended") break;
    }
    await ended;
  }
}

class StreamWithoutFailure extends ReferenceRuntime {
  override async *stream(workflow: WorkflowLike, options?: ExecuteOptions): AsyncGenerator<RunEvent, void> {
    const events = super.stream(workflow, options);
    for (;;) {
      const next = await events.next().catch((error: { code?: string }) => {
        if (error.code === "runtime_closed") throw error;
        return { done: true } as const;
      });
      if (next.done === true) return;
      yield next.value;
    }
  }
}

class SharedCounts extends ReferenceRuntime {
  static #first: ReferenceRuntime | undefined;
  override getValidationMetrics(): ValidationMetrics {
    SharedCounts.#first ??= this;
    return SharedCounts.#first === this ? super.getValidationMetrics() : SharedCounts.#first.getValidationMetrics();
  }
}

class NothingReset extends ReferenceRuntime {
  override resetValidationMetrics(): void {
    // forgets to
  }
}

class ForgetfulTotal extends ReferenceRuntime {
  override getMetrics(): ReturnType<ReferenceRuntime["getMetrics"]> {
    return new ReferenceRuntime().getMetrics();
  }
}

class ChangingManifest extends ReferenceRuntime {
  #runs = 0;
  override readonly capabilities: Capabilities = { ...SEQUENTIAL };
  override async execute<WI, WO>(
    workflow: Workflow<WI, WO>,
    options?: ExecuteOptions<NoInfer<WI>>,
  ): Promise<RunResult<WO>> {
    const result = await super.execute(workflow, options);
    Object.assign(this.capabilities, { place: `run ${++this.#runs}` });
    return result;
  }
}

/** Goes on after a failure; the error is that of a run that did not. */
class GoingOn extends ReferenceRuntime {
  override async execute<WI, WO>(
    workflow: Workflow<WI, WO>,
    options?: ExecuteOptions<NoInfer<WI>>,
  ): Promise<RunResult<WO>> {
    if ((options?.onFailure ?? this.options.onFailure ?? "stop") === "continue")
      return super.execute(workflow, options);
    const result = await super.execute(workflow, { ...options, onFailure: "continue" } as typeof options);
    return result.status === "failed"
      ? super.execute(workflow, { ...options, observers: [] } as typeof options)
      : result;
  }
}

/** Says three, and runs another number of tasks. */
abstract class OtherLimit extends BaseRuntime {
  abstract readonly limit: number;
  readonly name = "other limit";
  #inside = false;

  get capabilities(): Capabilities {
    return { ...SEQUENTIAL, maxConcurrency: this.#inside ? this.limit : 3 };
  }

  protected override plan(...args: Parameters<ReferenceRuntime["plan"]>): ReturnType<ReferenceRuntime["plan"]> {
    this.#inside = true;
    queueMicrotask(() => (this.#inside = false));
    return super.plan(...args);
  }

  protected runTask(task: Task): Outcome | Promise<Outcome> {
    return invoke(task);
  }
}

class TooMany extends OtherLimit {
  readonly limit = 4;
}

class TooFew extends OtherLimit {
  readonly limit = 2;
}

/** Refuses some maps, which its manifest does not exclude. */
class SecretRefusal extends ReferenceRuntime {
  override check(workflow: WorkflowLike, options?: ExecuteOptions): readonly Issue[] {
    const issues = super.check(workflow, options);
    const [map] = [...workflow.graph.nodes.values()].filter((entry) => entry.map?.chunkBy !== undefined);
    if (map === undefined) return issues;
    const text = { message: "no maps here", remedy: "use another runtime" };
    return [...issues, { code: "unsupported", severity: "error", place: map.id, ...text }];
  }
}

class NotIsolated extends ReferenceRuntime {
  override readonly capabilities: Capabilities = { ...SEQUENTIAL, isolates: true };
}

class Unlimited extends ReferenceRuntime {
  override readonly capabilities: Capabilities = { ...SEQUENTIAL, maxMessageBytes: 5000 };
}

class OtherInOff extends ReferenceRuntime {
  protected override plan(...args: Parameters<ReferenceRuntime["plan"]>): ReturnType<ReferenceRuntime["plan"]> {
    const plan = super.plan(...args);
    if (this.options.connectionValidation !== "off") return plan;
    return { ...plan, cycles: plan.cycles.map((cycle) => ({ ...cycle, criterion: undefined })) };
  }
}

/** Runtimes that live wrongly: what they hold on to, when they close, how they stream and count. */
export const lives: readonly Broken[] = [
  broken("leaves a listener on the caller's signal", ["K4"], LeakedListener),
  broken("leaves a timer", ["K4"], LeakedTimer),
  broken("cannot be closed twice", ["K4"], ClosedOnce),
  broken("does not wait for running work when it closes", ["K4"], ClosedAtOnce),
  broken("runs on after it was closed", ["K4"], NeverClosed),
  broken("does not cancel when it closes", ["K4"], Patient),
  broken("starts nodes after a failure", ["G9", "E3"], GoingOn),
  broken("gives the event loop no turn", ["K5"], WithoutTurns),
  broken("has a clock that runs twice as fast", ["E4"], HastyClock),
  broken("streams everything at the end", ["K5", "O2"], BufferedStream),
  broken("loses events in its stream", ["O2"], LostStream),
  broken("runs on when its reader leaves", ["O2"], StreamThatGoesOn),
  broken("streams no failure", ["O2"], StreamWithoutFailure),
  broken("counts issues for all runtimes together", ["V2", "V6", "V4"], SharedCounts),
  broken("never resets its counts", ["V6"], NothingReset),
  broken("adds up no metrics", ["K2", "O3"], ForgetfulTotal),
  broken("changes its manifest", ["S8"], ChangingManifest),
  broken("runs one task more than it says", ["S5"], TooMany),
  broken("runs one task fewer than it says", ["S2", "S5"], TooFew),
  broken("refuses what its manifest does not exclude", ["S9"], SecretRefusal),
  broken("says that it isolates nodes, and does not", ["D1", "D2", "D3", "D5"], NotIsolated),
  broken("ignores the limit that it declares", ["D4"], Unlimited),
  broken("does something else in the mode off", ["V5"], OtherInOff),
];
