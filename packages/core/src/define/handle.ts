import { inPorts, type InPorts, outPorts, type OutPorts } from "./reference.ts";
import type { WorkflowLike } from "./graph.ts";

/** A node in a workflow, whatever it takes. */
export interface AnyHandle<O = unknown> {
  readonly id: string;
  /** Carries the type of the outputs, and nothing at run time. */
  readonly "~output"?: () => O;
}

/** A node in a workflow: its id, and references to its ports. */
export interface NodeHandle<I, O> extends AnyHandle<O> {
  readonly out: OutPorts<O>;
  readonly in: InPorts<I>;
}

/** A handle whose ports are made when first touched: graphs of a million nodes rarely touch most of them. */
export class LazyHandle {
  readonly id: string;
  readonly #workflow: WorkflowLike;
  #out: object | undefined;

  constructor(workflow: WorkflowLike, id: string) {
    this.#workflow = workflow;
    this.id = id;
  }

  get out(): object {
    return (this.#out ??= outPorts(this.#workflow, this.id));
  }

  get in(): object {
    return inPorts(this.#workflow, this.id);
  }
}
