import type { Logger } from "pino";
import type { NodeContext } from "../define/node.ts";
import { nodeLogger } from "../observe/logger.ts";
import type { Activation } from "./activation.ts";

/** What a node sees of its run; each part is made when it is asked for. */
export class TaskContext implements NodeContext {
  readonly attempt: number;
  readonly #activation: Activation;
  readonly #controller: AbortController | undefined;
  #logger: Logger | undefined;

  /** Made for each attempt; an attempt with a time limit has a controller of its own. */
  constructor(activation: Activation, controller: AbortController | undefined) {
    this.#activation = activation;
    this.#controller = controller;
    this.attempt = activation.attempt;
  }

  get signal(): AbortSignal {
    return this.#controller?.signal ?? this.#activation.run.signalOf(this.#activation.step.scope);
  }

  get runId(): string {
    return this.#activation.run.runId;
  }

  get workflow(): string {
    return this.#activation.run.plan.workflow.name;
  }

  get nodeId(): string {
    return this.#activation.step.id;
  }

  get iteration(): number {
    return this.#activation.iteration;
  }

  get index(): number | undefined {
    return this.#activation.index;
  }

  get state(): Record<string, unknown> {
    return this.#activation.state();
  }

  get logger(): Logger {
    const { run, step, iteration } = this.#activation;
    const { events } = run;
    const onLine =
      events &&
      ((level: string, message: string) =>
        events.emit({ type: "node.log", nodeId: step.id, iteration, level, message }));
    return (this.#logger ??= nodeLogger(
      run.settings.logger(),
      { runId: run.runId, nodeId: step.id },
      onLine && this.#whileRunning(onLine),
    ));
  }

  progress(done: number, total?: number, message?: string): void {
    const { run, step, iteration, index } = this.#activation;
    if (this.#isOver) return;
    run.events?.emit({
      type: "node.progress",
      nodeId: step.id,
      iteration,
      done,
      total,
      message,
      ...(index === undefined ? {} : { index }),
    });
  }

  /** Nothing is reported of a node after its end (O1). */
  #whileRunning(onLine: (level: string, message: string) => void): (level: string, message: string) => void {
    return (level, message) => {
      if (!this.#isOver) onLine(level, message);
    };
  }

  get #isOver(): boolean {
    return this.#activation.over || this.#activation.attempt !== this.attempt;
  }
}
