import { isCollecting, PolyloomError } from "@polyloom/wire";
import type { Logger } from "pino";
import type { Batch } from "../batch/batch.ts";
import type { BatchEnd } from "../batch/report.ts";
import { requireWorkflow, type WorkflowLike } from "../define/graph.ts";
import type { Workflow } from "../define/workflow.ts";
import { Emitter } from "../observe/emitter.ts";
import type { RunEvent } from "../observe/event.ts";
import { EventStream } from "../observe/event-stream.ts";
import { defaultLogger } from "../observe/logger.ts";
import { NodeTiming } from "../observe/node-timing.ts";
import { ValidationCounter, type ValidationMetrics } from "../observe/validation-metrics.ts";
import { ValueReporter } from "../observe/value-reporter.ts";
import type { Plan } from "../plan/plan.ts";
import { type Prepared, prepare } from "../plan/plan-for.ts";
import { MetricsTotal } from "../report/metrics-total.ts";
import type { Metrics } from "../report/metrics.ts";
import { RunResult } from "../report/run-result.ts";
import type { Issue } from "../validate/issue.ts";
import { checkSupplies } from "../validate/validate.ts";
import { Calls } from "./calls.ts";
import type { Capabilities } from "./capabilities.ts";
import type { CycleWatch, WatchedRun } from "./cycle-watch.ts";
import { systemClock, type Clock } from "./clock.ts";
import { checkSupport } from "./check-support.ts";
import { invalidWorkflow, refusedRun, runError } from "./run-error.ts";
import {
  checkExecuteOptions,
  checkRuntimeOptions,
  type ExecuteOptions,
  type FailureMode,
  type RuntimeOptions,
} from "./options.ts";
import { Run, type RunEnd } from "./run.ts";
import { logWarnings } from "./log-warnings.ts";
import { type Place, placeSettings } from "./place.ts";
import { stepParameters } from "./step-parameters.ts";
import type { Outcome, Task } from "./task.ts";
import { ValueChecker } from "./values.ts";
import { watchRun } from "./watch-run.ts";

const RECURSION = "execute() was called while a module is imported to find its nodes; run it only from the main script";

/** What every runtime is: it decides where one task runs; what runs next is decided here. */
export abstract class BaseRuntime {
  abstract readonly name: string;
  abstract readonly capabilities: Capabilities;
  protected readonly options: RuntimeOptions;
  readonly #validation: { counter: ValidationCounter } = { counter: new ValidationCounter() };
  readonly #total: MetricsTotal = new MetricsTotal();
  readonly #calls: Calls = new Calls();
  #closing: Promise<void> | undefined;
  #started: Promise<void> | undefined;

  /**
   * Checks the options; `own` names those that a runtime adds, and checks itself.
   * @throws PolyloomError `invalid_option`
   */
  constructor(options: RuntimeOptions = {}, own: readonly string[] = []) {
    checkRuntimeOptions(options, own);
    this.options = options;
  }

  /** Every reason why this workflow would not run here: its own problems, and what this runtime cannot do. */
  check(workflow: WorkflowLike, options: ExecuteOptions = {}): readonly Issue[] {
    requireWorkflow(workflow);
    checkExecuteOptions(options);
    return this.#look(workflow, options).issues;
  }

  /**
   * Runs a workflow to its end.
   * @throws WorkflowError when it is invalid, fails, is cancelled or runs out of time (E1)
   */
  execute<WI, WO>(workflow: Workflow<WI, WO>, options: ExecuteOptions<NoInfer<WI>> = {}): Promise<RunResult<WO>> {
    return this.#registered(workflow, options as ExecuteOptions) as Promise<RunResult<WO>>;
  }

  /** Runs a workflow and yields what happens; leaving the loop early cancels the run (O2). */
  async *stream(workflow: WorkflowLike, options: ExecuteOptions = {}): AsyncGenerator<RunEvent, void> {
    checkExecuteOptions(options);
    const events = new EventStream();
    const leave = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, leave.signal]) : leave.signal;
    const ended = this.#registered(workflow, { ...options, signal, observers: [...(options.observers ?? []), events] });
    let isOver = false;
    const settled = ended.then(
      () => events.close(),
      (error: unknown) => events.close({ error }),
    );
    try {
      yield* events.read();
      isOver = true;
    } catch (error) {
      isOver = true;
      throw error;
    } finally {
      if (!isOver) leave.abort();
      await settled;
    }
  }

  /** What was measured in all runs so far. */
  getMetrics(): Metrics {
    return this.#total.snapshot();
  }

  /** What validation counted in all runs so far (V6). */
  getValidationMetrics(): ValidationMetrics {
    return this.#validation.counter.snapshot();
  }

  /** Starts the counts of validation afresh, of this runtime and no other. */
  resetValidationMetrics(): void {
    this.#validation.counter = new ValidationCounter();
  }

  /** Waits for running work, or cancels it, and lets go of everything; later runs are refused (K4). */
  close({ cancel = false }: { readonly cancel?: boolean } = {}): Promise<void> {
    if (cancel) this.#calls.cancel(new Error("the runtime is closing"));
    return (this.#closing ??= this.#close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** One attempt at one task, wherever this runtime runs it. */
  protected abstract runTask(task: Task, signal: AbortSignal): Outcome | Promise<Outcome>;

  /** Gets ready before the first run. */
  protected start?(): void | Promise<void>;

  /** Lets go of what {@link start} took. */
  protected stop?(): void | Promise<void>;

  /**
   * Gets ready for a plan, before its nodes start: what it throws, `execute` rejects with. `signal`: not wanted any more.
   * @throws PolyloomError such as `node_not_portable`
   */
  protected prepare?(plan: Plan, signal: AbortSignal): void | Promise<void>;

  /** Told of a task that was not waited for any longer: its place lets go of it, by force where it can (K2). */
  protected preempt?(task: Task): void;

  /** Runs fused nodes as one message, with `performBatch` at its place; asked where the capabilities say `fuses`. */
  protected performBatch?(batch: Batch, signal: AbortSignal): PromiseLike<BatchEnd>;

  /** As {@link preempt}, of a batch. */
  protected preemptBatch?(batch: Batch): void;

  /** Asked before each run: what watches its cycles, if this runtime wants to know of them. */
  protected watchCycles?(run: WatchedRun): CycleWatch | undefined;

  /** The plan of a valid workflow; a runtime may adapt it. */
  protected plan(prepared: Prepared, onFailure: FailureMode): Plan {
    return prepared.plan(onFailure);
  }

  /** The clock of one run. */
  protected clock(): Clock {
    return this.options.clock ?? systemClock;
  }

  async #execute(workflow: WorkflowLike, options: ExecuteOptions, stop: AbortSignal): Promise<RunResult> {
    this.#refuseEarly(workflow);
    checkExecuteOptions(options);
    const { prepared, issues } = this.#look(workflow, options);
    if (issues.some(({ severity }) => severity === "error")) throw invalidWorkflow(workflow.name, issues);
    if (this.start !== undefined) await this.#ready(workflow.name, () => (this.#started ??= this.#start()));
    const signals = options.signal === undefined ? [stop] : [options.signal, stop];
    const plan = this.plan(prepared, this.#failureMode(options));
    if (this.prepare !== undefined)
      await this.#ready(workflow.name, () => this.prepare!(plan, AbortSignal.any([...signals])));
    return this.#run(this.#newRun(plan, options), options, signals);
  }

  /** A start that failed is tried again by the next run. */
  async #start(): Promise<void> {
    try {
      await this.start?.();
    } catch (error) {
      this.#started = undefined;
      throw error;
    }
  }

  async #run(run: Run, options: ExecuteOptions, signals: readonly AbortSignal[]): Promise<RunResult> {
    const heapBefore = run.timing === undefined ? 0 : process.memoryUsage().heapUsed;
    const { end, durationMs } = await watchRun(run, this.name, options.timeoutMs ?? this.options.timeoutMs, signals);
    run.values.close();
    return this.#conclude(run, end, durationMs, this.#total.add(run, durationMs, heapBefore));
  }

  #registered(workflow: WorkflowLike, options: ExecuteOptions): Promise<RunResult> {
    return this.#calls.start((stop) => this.#execute(workflow, options, stop));
  }

  async #ready(workflow: string, step: () => void | Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      throw refusedRun(workflow, this.name, error);
    }
  }

  #refuseEarly(workflow: WorkflowLike): void {
    if (this.#closing !== undefined)
      throw new PolyloomError("runtime_closed", `${this.name} is closed; make a new one`);
    if (isCollecting()) throw new PolyloomError("import_recursion", RECURSION);
    requireWorkflow(workflow);
  }

  #look(workflow: WorkflowLike, options: ExecuteOptions): { prepared: Prepared; issues: readonly Issue[] } {
    const prepared = prepare(workflow);
    const issues = [...prepared.structure.issues, ...checkSupplies(prepared.structure, options)];
    if (issues.every(({ severity }) => severity !== "error"))
      issues.push(...checkSupport(this.name, this.capabilities, prepared.plan("stop"), this.options));
    return { prepared, issues };
  }

  #newRun(plan: Plan, options: ExecuteOptions): Run {
    const runId = options.runId ?? crypto.randomUUID();
    logWarnings(plan.workflow, runId, this.#logger);
    const clock = this.clock();
    const { collectMetrics = false, connectionValidation = "warn", observers = [] } = this.options;
    const listeners = [...observers, ...(options.observers ?? [])];
    const onError = (error: unknown): void => this.#observerFailed(runId, error);
    const events = listeners.length > 0 ? new Emitter(listeners, runId, clock, onError) : undefined;
    const reporter = new ValueReporter(plan, runId, this.#validation.counter, events, this.#logger);
    return new Run(plan, {
      runId,
      clock,
      random: this.options.random ?? Math.random,
      maxConcurrency: this.capabilities.maxConcurrency,
      groupLimits: this.options.groupLimits ?? {},
      graceMs: this.options.graceMs ?? 250,
      nodeTimeoutMs: this.options.nodeTimeoutMs,
      retry: this.options.retry,
      onFailure: this.#failureMode(options),
      itemEvents: options.itemEvents ?? false,
      parameters: stepParameters(plan, options.parameters, options.input),
      values: new ValueChecker(connectionValidation, reporter, collectMetrics ? clock : undefined),
      shuffle: this.#isPortable,
      events,
      watch: this.watchCycles?.({ runId, plan, onError }),
      timing: collectMetrics ? new NodeTiming(plan) : undefined,
      where: this.capabilities.place,
      logger: this.#logger,
      ...placeSettings(this.#place(), listeners, onError),
      dropLate: () => this.#total.lateResult(),
    });
  }

  #place(): Place {
    return {
      capabilities: this.capabilities,
      portable: this.#isPortable,
      runTask: (task, signal) => this.runTask(task, signal),
      preempt: (task) => this.preempt?.(task),
      performBatch: (batch, signal) => this.performBatch!(batch, signal),
      preemptBatch: (batch) => this.preemptBatch?.(batch),
    };
  }

  get #isPortable(): boolean {
    return this.options.portable === true && !this.capabilities.isolates;
  }

  #failureMode(options: ExecuteOptions): FailureMode {
    return options.onFailure ?? this.options.onFailure ?? "stop";
  }

  readonly #logger = (): Logger => this.options.logger ?? defaultLogger();

  #conclude(run: Run, end: RunEnd, durationMs: number, metrics: Metrics | undefined): RunResult {
    const stopped = end === "cancelled" || (end === "failed" && run.settings.onFailure === "stop");
    const error = stopped ? runError(run) : undefined;
    const first = error ?? run.failures[0];
    const told = first && { error: { code: first.code, message: first.message, nodeId: first.nodeId } };
    run.events?.emit({ type: "run.ended", status: end, durationMs, ...told });
    const outcome = error ?? new RunResult(run, this.name, metrics);
    run.settings.watch?.concluded(outcome);
    if (outcome instanceof RunResult) return outcome;
    throw outcome;
  }

  #observerFailed(runId: string, error: unknown): void {
    try {
      this.#logger().error({ runId, err: error }, "an observer failed");
    } catch {
      // a logger that throws never fails a run (E7)
    }
  }

  async #close(): Promise<void> {
    await this.#calls.settled();
    if (this.#started !== undefined) await this.stop?.();
  }
}
