import type { Run } from "../execute/run.ts";
import type { EventBody } from "../observe/event.ts";
import type { Step } from "../plan/plan.ts";

/** Nodes of a batch that were said to have started, and not yet to have ended: none where nobody listens. */
export class StartedNodes {
  readonly #run: Run;
  readonly #ids: Set<string> = new Set();

  /** One for each batch. */
  constructor(run: Run) {
    this.#run = run;
  }

  /** Those that have no end yet. */
  steps(): Step[] {
    return [...this.#ids].map((id) => this.#stepOf(id));
  }

  /** The first node begins as soon as it is sent: it is said to have started then, as of a task that is sent alone. */
  begin(step: Step | undefined): string | undefined {
    if (step === undefined || this.#run.events === undefined || !this.#run.launcher.binds(step)) return undefined;
    this.tell(step, 0);
    return step.id;
  }

  /** Tells that a step has started, unless it was told. */
  tell(step: Step, iteration: number): void {
    if (this.#ids.has(step.id)) return;
    this.#ids.add(step.id);
    this.#run.launcher.started(step, iteration);
  }

  /** A step has ended; whether it was known to have started, as far as anybody can know. */
  end({ id }: Step): boolean {
    return this.#ids.delete(id) || this.#run.events === undefined;
  }

  /**
   * Of a run that stops nothing starts any more (K3): what the place began before it heard of it is not told. But a
   * cycle's iterations are told as far as they are taken over.
   */
  happened(body: EventBody): void {
    if (!("nodeId" in body)) return this.#run.events?.emit(body);
    const isDropped = this.#run.stopping && this.#stepOf(body.nodeId).scope < 0;
    if (body.type === "node.started") {
      if (isDropped) return;
      this.#ids.add(body.nodeId);
    } else if (body.type === "node.skipped" ? isDropped : !this.#ids.has(body.nodeId)) return;
    if (ENDS.has(body.type)) this.#ids.delete(body.nodeId);
    this.#run.events?.emit(body);
  }

  #stepOf(id: string): Step {
    const { steps, indexOf } = this.#run.plan;
    return steps[indexOf.get(id)!]!;
  }
}

const ENDS: ReadonlySet<string> = new Set(["node.completed", "node.failed", "node.cancelled", "node.skipped"]);
