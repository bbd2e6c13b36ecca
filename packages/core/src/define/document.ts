import { PolyloomError } from "@polyloom/wire";
import type { WorkflowLike } from "./graph.ts";
import type { Workflow } from "./workflow.ts";

export type NodeLibrary = unknown;
export interface WorkflowDocument { readonly version: 1 }

export function toDocument(workflow: WorkflowLike): WorkflowDocument {
  throw new PolyloomError("not_serializable", workflow.name);
}
export function fromDocument(_document: unknown, _nodes: NodeLibrary): Workflow<never, Record<string, unknown>> {
  throw new PolyloomError("invalid_document", "not yet");
}
