import { PolyloomError } from "@polyloom/wire";
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

  /** The workflow that the node stands in. */
  static ownerOf(handle: LazyHandle): WorkflowLike {
    return handle.#workflow;
  }

  get out(): object {
    return (this.#out ??= outPorts(this.#workflow, this.id));
  }

  get in(): object {
    return inPorts(this.#workflow, this.id);
  }
}

/**
 * The id behind a handle, or an id itself.
 * @throws PolyloomError `foreign_reference` for a handle of another workflow, `reference_misused` for anything else
 */
export function nodeIdOf(node: unknown, workflow: WorkflowLike): string {
  if (typeof node === "string") return node;
  if (!(node instanceof LazyHandle))
    throw new PolyloomError("reference_misused", "name a node by its handle or its id");
  if (LazyHandle.ownerOf(node) === workflow) return node.id;
  throw new PolyloomError(
    "foreign_reference",
    `node "${node.id}" belongs to workflow "${LazyHandle.ownerOf(node).name}"`,
  );
}
