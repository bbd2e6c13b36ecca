import assert from "node:assert/strict";
import type { ExecuteOptions, Issue, RunEvent, RunResult, Workflow, WorkflowError, WorkflowLike } from "@polyloom/core";
import type { BaseRuntime, RuntimeOptions } from "@polyloom/core/runtime";
import { RecordingLogger } from "./recording-logger.ts";

/** What the suite uses of a runtime: all that is public. */
export type Runtime = Pick<BaseRuntime, keyof BaseRuntime>;

/** Thrown inside a case whose workflow the runtime refuses up front, as its manifest says. */
export class Refusal extends Error {
  readonly issues: readonly Issue[];

  /** `issues` are those with the code `unsupported`. */
  constructor(issues: readonly Issue[]) {
    super(issues.map(({ message }) => message).join("; "));
    this.issues = issues;
  }
}

/** How a run went: what happened, and how it ended. */
export interface Observed {
  readonly runtime: Runtime;
  readonly events: readonly RunEvent[];
  readonly result: RunResult | undefined;
  readonly error: WorkflowError | undefined;
}

/** A run that was stopped on purpose when a condition held. */
export interface Interrupted extends Observed {
  /** The events until it was stopped; all of them if the condition never held. */
  readonly until: readonly RunEvent[];
  readonly held: boolean;
}

/** How a subject makes runtimes and lets them go. */
export interface SubjectSetup {
  readonly create: (options?: RuntimeOptions) => Runtime | Promise<Runtime>;
  readonly teardown: (runtime: Runtime) => unknown;
  /** How long a case waits for something that has to happen, in milliseconds. */
  readonly patienceMs: number;
}

/** The runtime under test, as a case sees it: made anew as often as needed, and let go of at the end of the case. */
export class Subject {
  readonly patienceMs: number;
  readonly #setup: SubjectSetup;
  readonly #made: Runtime[] = [];

  /** One for each case. */
  constructor(setup: SubjectSetup) {
    this.#setup = setup;
    this.patienceMs = setup.patienceMs;
  }

  /** A fresh runtime; silent unless a logger is given. */
  async create(options: RuntimeOptions = {}): Promise<Runtime> {
    const runtime = await this.#setup.create({ logger: new RecordingLogger().logger, ...options });
    this.#made.push(runtime);
    return runtime;
  }

  /** A fresh runtime on which values have to be fit for another place: one that isolates, or that plays one (D3). */
  async createPortable(options: RuntimeOptions = {}): Promise<Runtime> {
    const { isolates } = (await this.create()).capabilities;
    return this.create(isolates ? options : { ...options, portable: true });
  }

  /** Runs a workflow, which has to complete. */
  async completed(flow: WorkflowLike, run?: ExecuteOptions, options?: RuntimeOptions): Promise<RunResult> {
    const result = await this.execute(await this.create(options), flow, run);
    assert.equal(result.status, "completed");
    return result;
  }

  /** Runs a workflow, which has to be rejected. */
  async rejected(flow: WorkflowLike, run?: ExecuteOptions, options?: RuntimeOptions): Promise<WorkflowError> {
    return this.rejects(await this.create(options), flow, run);
  }

  /** Runs a workflow on a runtime, unless that refuses it. */
  async execute(runtime: Runtime, flow: WorkflowLike, run: ExecuteOptions = {}): Promise<RunResult> {
    await refuseUnsupported(runtime, flow, run);
    return runtime.execute(flow as Workflow<unknown, unknown>, run);
  }

  /** As {@link execute}, for a run that has to be rejected. */
  async rejects(runtime: Runtime, flow: WorkflowLike, run?: ExecuteOptions): Promise<WorkflowError> {
    const ended = await settled(this.execute(runtime, flow, run));
    assert.ok(!("value" in ended), "execute resolved, and should have been rejected");
    return ended.error as WorkflowError;
  }

  /** Runs a workflow and notes its events, however it ends. */
  async observed(flow: WorkflowLike, run: ExecuteOptions = {}, options?: RuntimeOptions): Promise<Observed> {
    return this.observe(await this.create(options), flow, run);
  }

  /** As {@link observed}, on a runtime. */
  async observe(runtime: Runtime, flow: WorkflowLike, run: ExecuteOptions = {}): Promise<Observed> {
    const events: RunEvent[] = [];
    const observer = { onEvent: (event: RunEvent) => void events.push(event) };
    const observers = [...(run.observers ?? []), observer];
    const ended = await settled(this.execute(runtime, flow, { ...run, observers }));
    const known = { runtime, events };
    if ("value" in ended) return { ...known, result: ended.value, error: undefined };
    return { ...known, result: undefined, error: ended.error as WorkflowError };
  }

  /** Runs a workflow and cancels it once `when` holds of its events, or after {@link patienceMs}. */
  async interrupted(
    flow: WorkflowLike,
    when: (events: readonly RunEvent[]) => boolean,
    run: ExecuteOptions = {},
    options?: RuntimeOptions,
  ): Promise<Interrupted> {
    const controller = new AbortController();
    const seen: RunEvent[] = [];
    let until: readonly RunEvent[] | undefined;
    let isHeld = false;
    const stop = (): void => {
      until = [...seen];
      controller.abort();
    };
    const onEvent = (event: RunEvent): void => {
      seen.push(event);
      if (isHeld || !when(seen)) return;
      isHeld = true;
      // A turn later, so that whatever else would start now is seen to start.
      setImmediate(stop);
    };
    const guard = setTimeout(() => controller.abort(), this.patienceMs);
    const observers = [{ onEvent }];
    const observed = await this.observed(flow, { ...run, signal: controller.signal, observers }, options);
    clearTimeout(guard);
    return { ...observed, until: until ?? observed.events, held: isHeld };
  }

  /** Lets go of every runtime that was made. */
  async end(): Promise<void> {
    for (const runtime of this.#made.splice(0)) await this.#setup.teardown(runtime);
  }
}

type Settled<T> = { readonly value: T } | { readonly error: unknown };

/** How a promise settles, as data. */
export async function settled<T>(promise: Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await promise };
  } catch (error) {
    if (error instanceof Refusal || error instanceof assert.AssertionError) throw error;
    return { error };
  }
}

/** A refusal counts where the manifest announces it, and where `execute` keeps to it. */
async function refuseUnsupported(runtime: Runtime, flow: WorkflowLike, run: ExecuteOptions): Promise<void> {
  const issues = runtime.check(flow, run).filter(({ code }) => code === "unsupported");
  if (issues.length === 0) return;
  assert.ok(
    runtime.capabilities.unsupported.length > 0,
    "check() refused a workflow, and the manifest excludes nothing",
  );
  const ended = await settled(runtime.execute(flow as Workflow<unknown, unknown>, run));
  assert.ok("error" in ended, "execute ran a workflow that check() refuses");
  assert.equal((ended.error as WorkflowError).code, "unsupported");
  throw new Refusal(issues);
}
