import { PolyloomError } from "@polyloom/core";
import { type Clock, invoke, type Outcome, type Task } from "@polyloom/core/runtime";
import type { CallLog, NodeCall } from "./call-log.ts";
import { type Answer, type MockTable, outcomeOf } from "./mock-table.ts";
import { failedWith, type Recorder } from "./recording.ts";
import type { Replay } from "./replay.ts";
import { isStandIn } from "./substitute.ts";
import { VirtualClock } from "./virtual-clock.ts";

// Taken when this module loads, so that a test's fake timers do not stop it.
const realNow = performance.now.bind(performance);

/** What belongs to one run. */
export interface RunSession {
  readonly clock: Clock;
  /** When it began, on that clock. */
  readonly startMs: number;
  readonly recorder: Recorder | undefined;
  readonly replay: Replay | undefined;
}

/** How tasks are run. */
export interface RunnerSettings {
  readonly strict: boolean;
  /** Milliseconds of an attempt at a node that sets no limit. */
  readonly nodeTimeoutMs: number | undefined;
  /** Orders mocks that end at one moment. */
  readonly tie: () => number;
}

/** Who answers a call, and how. */
interface Source {
  readonly by: NodeCall["answeredBy"];
  readonly answer: Answer;
  readonly latencyMs: number;
}

/** Runs tasks: by their mocks, from a recording, or for real. */
export class TaskRunner {
  readonly #mocks: MockTable;
  readonly #log: CallLog;
  readonly #settings: RunnerSettings;
  /** The clocks that real work of a task holds. */
  readonly #held: Map<Task, VirtualClock> = new Map();

  constructor(mocks: MockTable, log: CallLog, settings: RunnerSettings) {
    this.#mocks = mocks;
    this.#log = log;
    this.#settings = settings;
  }

  /** One attempt at one task, noted in the log and in the recording. */
  run(task: Task, signal: AbortSignal, session: RunSession): Outcome | Promise<Outcome> {
    const { clock, startMs, recorder } = session;
    const source = this.#sourceOf(task, signal, session);
    const call = this.#log.begin(task, source.by, clock.now() - startMs);
    const end = (outcome: Outcome): Outcome => {
      this.#log.end(call, outcome, clock.now() - startMs);
      return outcome;
    };
    const outcome = recorder
      ? this.#record(recorder, task, source, signal, clock)
      : this.#answer(task, source, signal, clock);
    return outcome instanceof Promise ? outcome.then(end) : end(outcome);
  }

  /** A task is not waited for any longer: time goes on without it. */
  giveUp(task: Task): void {
    this.#held.get(task)?.release();
    this.#held.delete(task);
  }

  #record(
    recorder: Recorder,
    task: Task,
    source: Source,
    signal: AbortSignal,
    clock: Clock,
  ): Outcome | Promise<Outcome> {
    try {
      const call = recorder.begin(task);
      const [began, realBegan] = [clock.now(), realNow()];
      const outcome = this.#answer(task, source, signal, clock);
      if (!(outcome instanceof Promise)) return recorder.end(call, outcome, undefined);
      const took = (): number => clock.now() - began + (source.by === "node" ? realNow() - realBegan : 0);
      return outcome.then((each) => recorder.end(call, each, took()));
    } catch (error) {
      return failedWith(error);
    }
  }

  #answer(
    task: Task,
    { by, answer, latencyMs }: Source,
    signal: AbortSignal,
    clock: Clock,
  ): Outcome | Promise<Outcome> {
    const run = by === "recording" ? answer : (): Outcome | Promise<Outcome> => this.#hold(answer, task, clock);
    if (latencyMs === 0) return run();
    return wait(clock, latencyMs, this.#settings.tie(), signal).then(run, (error: unknown) => ({
      status: "failed",
      error,
    }));
  }

  #sourceOf(task: Task, signal: AbortSignal, { replay, clock }: RunSession): Source {
    const number = this.#log.count(task.nodeId) + 1;
    const latencyMs = this.#mocks.latencyOf(task.nodeId);
    const mocked = this.#mocks.answer(task, number);
    if (mocked) return { by: "mock", answer: mocked, latencyMs: latencyMs ?? 0 };
    if (replay) return replayed(replay, task, signal, latencyMs);
    const fallback = this.#mocks.answerByDefault(task, number);
    if (fallback) return { by: "mock", answer: fallback, latencyMs: latencyMs ?? 0 };
    if (this.#settings.strict || isStandIn(task.node)) return { by: "mock", answer: () => missing(task), latencyMs: 0 };
    return { by: "node", answer: () => this.#invoke(task, clock), latencyMs: latencyMs ?? 0 };
  }

  /** A node that blocked the event loop longer than it may is noticed when it returns (K2). */
  #invoke(task: Task, clock: Clock): Outcome | Promise<Outcome> {
    const began = realNow();
    const outcome = invoke(task);
    const limitMs = task.node.timeoutMs ?? this.#settings.nodeTimeoutMs ?? Infinity;
    if (!(outcome instanceof Promise) && clock instanceof VirtualClock) {
      const tookMs = realNow() - began;
      if (tookMs >= limitMs) clock.spend(tookMs);
    }
    return outcome;
  }

  /** Holds virtual time until the outcome is there, or is not waited for any longer. */
  #hold(answer: Answer, task: Task, clock: Clock): Outcome | Promise<Outcome> {
    if (!(clock instanceof VirtualClock)) return answer();
    clock.hold();
    const outcome = answer();
    if (outcome instanceof Promise) {
      this.#held.set(task, clock);
      return outcome.finally(() => this.giveUp(task));
    }
    clock.release();
    return outcome;
  }
}

function replayed(replay: Replay, task: Task, signal: AbortSignal, latencyMs: number | undefined): Source {
  const call = replay.answer(task);
  const { outcome } = call;
  const answer: Answer = () => outcome ?? outcomeOf(() => aborted(signal));
  return { by: "recording", answer, latencyMs: latencyMs ?? call.latencyMs };
}

function missing({ nodeId }: Task): Outcome {
  const message =
    `node "${nodeId}" has no response; add runtime.setNodeResponse("${nodeId}", { … }), ` +
    `runtime.setDefaultResponse(…), or leave strict off where the node itself can run`;
  return failedWith(new PolyloomError("response_missing", message, { details: { nodeId } }));
}

function wait(clock: Clock, milliseconds: number, tie: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const onAbort = (): void => {
      clear();
      reject(signal.reason as Error);
    };
    const clear = setLatency(clock, milliseconds, tie, () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** Gives what clears it. */
function setLatency(clock: Clock, milliseconds: number, tie: number, callback: () => void): () => void {
  if (clock instanceof VirtualClock) {
    const latency = clock.setLatency(callback, milliseconds, tie);
    return () => clock.clearLatency(latency);
  }
  const timer = clock.set(callback, milliseconds);
  return () => clock.clear(timer);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}
