import {
  type AnyHandle,
  type FailureMode,
  type Issue,
  PolyloomError,
  type RunEvent,
  type RunResult,
  type Workflow,
  type WorkflowLike,
} from "@polyloom/core";
import {
  BaseRuntime,
  type Capabilities,
  type Clock,
  type ExecuteOptions,
  type Outcome,
  type Plan,
  type Prepared,
  SEQUENTIAL,
  type Task,
} from "@polyloom/core/runtime";
import { randomUUID } from "node:crypto";
import { CallLog, type NodeCall } from "./call-log.ts";
import { MockTable } from "./mock-table.ts";
import { mockedWorkflows, mockIssues, refuseMocks } from "./mock-issues.ts";
import { prepareFile, readRecording, Recorder, type Recording } from "./recording.ts";
import { Replay } from "./replay.ts";
import {
  idOf,
  namesItems,
  type NodeResponse,
  type Target,
  type UntypedInputs,
  type UntypedResponse,
} from "./response.ts";
import { SeededRandom } from "./seeded-random.ts";
import { substitute } from "./substitute.ts";
import { type RunSession, TaskRunner } from "./task-runner.ts";
import { checkOwnOptions, OWN_OPTIONS, type TestingRuntimeOptions } from "./testing-options.ts";
import { VirtualTime } from "./virtual-time.ts";

/** Runs workflows for unit tests: with mocks, faults and spies in virtual time, or from a recording. */
export class TestingRuntime extends BaseRuntime {
  readonly name = "testing";
  readonly capabilities: Capabilities;
  readonly #random: SeededRandom;
  readonly #mocks: MockTable = new MockTable();
  readonly #log: CallLog;
  readonly #time: VirtualTime = new VirtualTime();
  readonly #runner: TaskRunner;
  readonly #sessions: Map<string, RunSession> = new Map();
  /** What a workflow with replaced parts was made of. */
  readonly #originals: WeakMap<WorkflowLike, WorkflowLike> = new WeakMap();
  #recordTo: string | undefined;
  #recording: Recording | undefined;

  /**
   * Nothing is mocked yet: every node runs for real, unless `strict`.
   * @throws PolyloomError `invalid_option`
   */
  constructor(options: TestingRuntimeOptions = {}) {
    checkOwnOptions(options ?? {});
    const random = new SeededRandom(options?.seed ?? 0);
    super(
      withRandom(options, () => random.next()),
      OWN_OPTIONS,
    );
    const { maxConcurrency = Infinity, strict = false, seed, nodeTimeoutMs, clock } = options;
    this.#random = random;
    this.#log = new CallLog(options.callWindow ?? 100);
    this.capabilities = { ...SEQUENTIAL, place: "mock", maxConcurrency, virtualTime: clock === undefined };
    const tie = seed === undefined ? (): number => 0 : (): number => random.next();
    this.#runner = new TaskRunner(this.#mocks, this.#log, { strict, nodeTimeoutMs, tie });
  }

  /**
   * What a node answers instead of running: its outputs, a `sequence(…)` of them, or a function of the inputs and the
   * call. Outputs are checked like real ones. For a map it answers one item: name it by `items(handle)` or its id. A
   * sub-workflow is mocked as a whole. Replaces an earlier response, and an error without `times`.
   */
  setNodeResponse<I, O>(node: Target<I, O>, response: NodeResponse<NoInfer<I>, NoInfer<O>>): this;
  setNodeResponse(node: string, response: UntypedResponse): this;
  setNodeResponse(node: AnyHandle | string, response: unknown): this {
    this.#mocks.respond(node, response);
    return this;
  }

  /**
   * What a node throws instead of running, on its next `times` calls (attempts and items count) or always; afterwards
   * its response answers.
   * @throws PolyloomError `invalid_option`
   */
  setNodeError(node: AnyHandle | string, error: unknown, { times = Infinity }: { readonly times?: number } = {}): this {
    this.#mocks.fail(node, error, times);
    return this;
  }

  /**
   * How long each call takes, in virtual milliseconds; a node that runs for real starts after them.
   * @throws PolyloomError `invalid_option`
   */
  setNodeLatency(node: AnyHandle | string, milliseconds: number): this {
    this.#mocks.delay(node, milliseconds);
    return this;
  }

  /** What every node without a response answers. */
  setDefaultResponse(response: UntypedResponse): this {
    this.#mocks.respondByDefault(response);
    return this;
  }

  /**
   * Writes the calls of each run to a JSON file when it ends; the file holds the run that ended last.
   * @throws PolyloomError `invalid_option`
   */
  recordTo(path: string): this {
    this.#recordTo = prepareFile(path);
    return this;
  }

  /**
   * Answers every call as it was recorded, in virtual time; nothing runs for real, and a call that the recording does
   * not hold fails with `replay_mismatch`. What was set for a node comes first.
   * @throws PolyloomError `invalid_option` or `decode_failed`
   */
  replayFrom(path: string): this {
    this.#recording = readRecording(path);
    return this;
  }

  /**
   * Ids of the nodes that started, in order, since the last `reset()`: repeats in cycles, no skipped ones; the newest
   * 100,000.
   */
  getExecutionOrder(): readonly string[] {
    return this.#log.order;
  }

  /** How often a node was called: attempts and items of a map count. */
  getNodeCallCount(node: AnyHandle | string): number {
    return this.#log.count(idOf(node));
  }

  /**
   * The calls of a node, with inputs, and outputs or error; of a map those of its items, by `items(handle)` or its id;
   * of a node in a cycle the newest, as `callWindow` says.
   * @throws PolyloomError `invalid_option` for the bare handle of a map
   */
  getNodeCalls<I, O>(node: Target<I, O>): readonly NodeCall<I, O>[];
  getNodeCalls(node: string): readonly NodeCall[];
  getNodeCalls(node: AnyHandle | string): readonly NodeCall<UntypedInputs>[] {
    const calls = this.#log.of(idOf(node));
    if (namesItems(node) || calls[0]?.index === undefined) return calls;
    throw new PolyloomError("invalid_option", `"${idOf(node)}" is a map: ask for the calls of items(handle)`);
  }

  /** How long the run that ended last took, in virtual milliseconds. */
  getMakespan(): number {
    return this.#time.makespanMs;
  }

  /** Forgets responses, errors, latencies, recordings and calls, and begins again with the seed. */
  reset(): this {
    this.#mocks.clear();
    this.#log.clear();
    this.#random.restart();
    this.#recordTo = undefined;
    this.#recording = undefined;
    return this;
  }

  override check(workflow: WorkflowLike, options: ExecuteOptions = {}): readonly Issue[] {
    const issues = super.check(this.#withStandIns(workflow), options);
    return [...issues, ...mockIssues(workflow, this.#mocks)];
  }

  override async execute<WI, WO>(
    workflow: Workflow<WI, WO>,
    options: ExecuteOptions<NoInfer<WI>> = {},
  ): Promise<RunResult<WO>> {
    const runId = options?.runId ?? randomUUID();
    const session = this.#enter(runId);
    try {
      return await super.execute(this.#withStandIns(workflow) as Workflow<WI, WO>, withRunId(options, runId));
    } finally {
      await this.#leave(runId, session);
    }
  }

  override async *stream(workflow: WorkflowLike, options: ExecuteOptions = {}): AsyncGenerator<RunEvent, void> {
    const runId = options?.runId ?? randomUUID();
    const session = this.#enter(runId);
    try {
      yield* super.stream(this.#withStandIns(workflow), withRunId(options, runId));
    } finally {
      await this.#leave(runId, session);
    }
  }

  protected override runTask(task: Task, signal: AbortSignal): Outcome | Promise<Outcome> {
    return this.#runner.run(task, signal, this.#sessions.get(task.runId) ?? this.#newSession());
  }

  protected override preempt(task: Task): void {
    this.#runner.giveUp(task);
  }

  protected override plan(prepared: Prepared, onFailure: FailureMode): Plan {
    const plan = super.plan(prepared, onFailure);
    const workflow = this.#originals.get(plan.workflow) ?? plan.workflow;
    const issues = mockIssues(workflow, this.#mocks);
    if (issues.length > 0) throw refuseMocks(workflow, issues);
    return workflow === plan.workflow ? plan : { ...plan, workflow };
  }

  protected override clock(): Clock {
    return this.options.clock ?? this.#time.clock;
  }

  #enter(runId: string): RunSession {
    if (this.#time.idle) this.#random.restart();
    this.#time.enter();
    const session = this.#newSession();
    this.#sessions.set(runId, session);
    return session;
  }

  #newSession(): RunSession {
    const clock = this.clock();
    const recorder = this.#recordTo === undefined ? undefined : new Recorder();
    const replay = this.#recording && new Replay(this.#recording);
    return { clock, startMs: clock.now(), recorder, replay };
  }

  async #leave(runId: string, session: RunSession): Promise<void> {
    this.#time.leave(session.clock, session.startMs);
    if (this.#sessions.get(runId) === session) this.#sessions.delete(runId);
    if (this.#recordTo !== undefined) await session.recorder?.save(this.#recordTo);
  }

  /** The workflow with a node in place of each sub-workflow that was given a response or an error. */
  #withStandIns(workflow: WorkflowLike): WorkflowLike {
    if (this.#mocks.size === 0 || (workflow as WorkflowLike | undefined)?.kind !== "workflow") return workflow;
    const ids = mockedWorkflows(workflow, this.#mocks);
    if (ids.length === 0) return workflow;
    const substituted = substitute(workflow, ids);
    this.#originals.set(substituted, workflow);
    return substituted;
  }
}

/** Left as it is where it is no object: the runtime refuses it. */
function withRunId<WI>(options: ExecuteOptions<WI>, runId: string): ExecuteOptions<WI> {
  return isObject(options) ? { ...options, runId } : options;
}

function withRandom(options: TestingRuntimeOptions, random: () => number): TestingRuntimeOptions {
  return isObject(options) ? { random, ...options } : options;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
