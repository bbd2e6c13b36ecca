import { callerReference, type CallerReference, type NodeReference } from "./node-reference.ts";
import { registerNode } from "./registry.ts";

function define(name: string): NodeReference {
  const reference = { ...(callerReference(define) as CallerReference), name };
  registerNode(reference, reference);
  return reference;
}

export const atTopLevel: NodeReference = define("atTopLevel");
export const inFunction = (): NodeReference => define("inFunction");
