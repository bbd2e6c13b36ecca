import type { Logger } from "pino";
import type { NodeContext } from "../define/node.ts";
import type { EventBody } from "../observe/event.ts";
import { nodeLogger } from "../observe/logger.ts";
import type { Activation } from "./activation.ts";
import type { Task } from "./task.ts";

/** What a node sees of its run; each part is made when it is asked for. */
export class TaskContext implements NodeContext {
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly #activation: Activation;
  #state: Record<string, unknown> | undefined;
  #logger: Logger | undefined;
  #progress: NodeContext["progress"] | undefined;

  /** Made for each attempt. */
  constructor(activation: Activation, signal: AbortSignal) {
    this.#activation = activation;
    this.signal = signal;
    this.attempt = activation.attempts;
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
    // Late code of an attempt that was given up must not reach the next one's.
    return (this.#state ??= this.#isOver ? {} : this.#activation.state());
  }

  get logger(): Logger {
    const { run, step } = this.#activation;
    const onLine = run.events && ((level: string, message: string) => this.#log(level, message));
    return (this.#logger ??= nodeLogger(run.settings.logger(), { runId: run.runId, nodeId: step.id }, onLine));
  }

  /** Bound, since nodes take their context apart. */
  get progress(): NodeContext["progress"] {
    return (this.#progress ??= (done, total, message) => this.#report(done, total, message));
  }

  #report(done: number, total?: number, message?: string): void {
    this.#emit({ type: "node.progress", ...this.#where(), done, total, message });
  }

  #log(level: string, message: string): void {
    this.#emit({ type: "node.log", ...this.#where(), level, message });
  }

  #where(): { nodeId: string; iteration: number; index?: number } {
    const { step, iteration, index } = this.#activation;
    return { nodeId: step.id, iteration, ...(index === undefined ? {} : { index }) };
  }

  /** Nothing is reported of a node after its end (O1). */
  #emit(body: EventBody): void {
    if (!this.#isOver) this.#activation.run.events?.emit(body);
  }

  get #isOver(): boolean {
    return this.#activation.current !== this.attempt;
  }
}

/** One attempt as a task. */
export function taskOf(
  { run, step, attempts, iteration, index, moved }: Activation,
  input: Task["input"],
  context: TaskContext,
): Task {
  const { runId, plan } = run;
  const { id: nodeId, definition } = step;
  return {
    runId,
    workflow: plan.workflow.name,
    nodeId,
    node: definition!,
    input,
    attempt: attempts,
    iteration,
    index,
    moved,
    context,
  };
}
