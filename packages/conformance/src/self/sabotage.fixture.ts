import type { ExecuteOptions, FailureMode, RunEvent, RunResult, Workflow, WorkflowLike } from "@polyloom/core";
import {
  type Capabilities,
  type Outcome,
  type Plan,
  type Prepared,
  type RuntimeOptions,
  SEQUENTIAL,
  type Task,
} from "@polyloom/core/runtime";
import type { Clause } from "../clause.ts";
import type { Runtime } from "../subject.ts";
import { ReferenceRuntime } from "./reference-runtime.fixture.ts";

type Run = () => Outcome | Promise<Outcome>;
type Deliver = (event: RunEvent) => void;

/** What is broken of a runtime, each part at its own place. */
export interface Sabotage {
  /** Tasks at once; 1 unless set. */
  readonly maxConcurrency?: number;
  /** Changes what the runtime is made with. */
  readonly made?: (options: RuntimeOptions) => RuntimeOptions;
  /** Changes what a run is given. */
  readonly given?: (options: ExecuteOptions, workflow: WorkflowLike) => ExecuteOptions;
  /** Runs a task in its own way. */
  readonly task?: (task: Task, run: Run, memory: Map<string, unknown>) => Outcome | Promise<Outcome>;
  /** Changes the plan. */
  readonly plan?: (plan: Plan) => Plan;
  /** Hands events on in its own way; one for each run and observer. */
  readonly events?: () => (event: RunEvent, deliver: Deliver) => void;
  /** Replaces parts of a result. */
  readonly result?: (result: RunResult) => object;
  /** Replaces an error. */
  readonly error?: (error: Error) => unknown;
}

/** A runtime with one thing broken, and the clauses that this breaks. */
export interface Broken {
  readonly what: string;
  readonly fails: readonly Clause[];
  readonly create: (options?: RuntimeOptions) => Runtime;
}

/** A broken runtime by what is broken of it. */
export function broken(what: string, fails: readonly Clause[], sabotage: Sabotage): Broken {
  return { what, fails, create: (options = {}) => new SabotagedRuntime(options, sabotage) };
}

/** The reference, broken at the places that a sabotage names. */
export class SabotagedRuntime extends ReferenceRuntime {
  readonly #sabotage: Sabotage;
  readonly #memory: Map<string, unknown> = new Map();
  override readonly capabilities: Capabilities;

  constructor(options: RuntimeOptions, sabotage: Sabotage) {
    const made = sabotage.made?.(options) ?? options;
    super(withEvents(made, sabotage));
    this.#sabotage = sabotage;
    this.capabilities = { ...SEQUENTIAL, maxConcurrency: sabotage.maxConcurrency ?? 1 };
  }

  override async execute<WI, WO>(
    workflow: Workflow<WI, WO>,
    options: ExecuteOptions<NoInfer<WI>> = {},
  ): Promise<RunResult<WO>> {
    const { given, result, error } = this.#sabotage;
    const changed = given?.(options as ExecuteOptions, workflow) ?? options;
    try {
      const found = await super.execute(workflow, withEvents(changed as typeof options, this.#sabotage));
      return result === undefined ? found : replaced(found, result(found as RunResult));
    } catch (thrown) {
      throw error === undefined ? thrown : error(thrown as Error);
    }
  }

  protected override plan(prepared: Prepared, onFailure: FailureMode): Plan {
    const plan = super.plan(prepared, onFailure);
    return this.#sabotage.plan?.(plan) ?? plan;
  }

  protected override runTask(task: Task, signal: AbortSignal): Outcome | Promise<Outcome> {
    const run = (): Outcome | Promise<Outcome> => super.runTask(task, signal);
    return this.#sabotage.task?.(task, run, this.#memory) ?? run();
  }
}

/** The same object, but for some of its properties. */
export function replaced<T extends object>(target: T, parts: object): T {
  const get = (_target: T, key: string | symbol): unknown => {
    if (Object.hasOwn(parts, key)) return (parts as Record<string | symbol, unknown>)[key];
    const value: unknown = Reflect.get(target, key, target);
    return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
  };
  // What is frozen cannot be told otherwise by its own proxy.
  const shell = Object.create(Object.getPrototypeOf(target) as object) as T;
  return new Proxy(Object.isFrozen(target) ? Object.freeze(shell) : shell, { get });
}

function withEvents<O extends { observers?: readonly { onEvent(event: RunEvent): unknown }[] }>(
  options: O,
  { events }: Sabotage,
): O {
  if (events === undefined || options.observers === undefined) return options;
  const observers = options.observers.map((observer) => {
    const hand = events();
    return {
      onEvent: async (event: RunEvent) => {
        const pending: unknown[] = [];
        hand(event, (each) => pending.push(observer.onEvent(each)));
        await Promise.all(pending);
      },
    };
  });
  return { ...options, observers };
}
