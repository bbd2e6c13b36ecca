import type { NodeDefinition } from "@polyloom/core";
import type { NumberedNode } from "./message.ts";

/** Numbers that stand for nodes between this runtime and its workers: a reference is sent once to each. */
export class NodeNumbers {
  readonly #byReference: Map<string, number> = new Map();
  readonly #byNode: WeakMap<NodeDefinition, number> = new WeakMap();

  /** The number of a node; nodes with one reference share it. */
  of(node: NodeDefinition): number {
    const known = this.#byNode.get(node);
    if (known !== undefined) return known;
    const { module, name } = node.reference!;
    const key = JSON.stringify([module, name]);
    const number = this.#byReference.get(key) ?? this.#byReference.size;
    this.#byReference.set(key, number);
    this.#byNode.set(node, number);
    return number;
  }

  /** A node with its number. */
  entry(node: NodeDefinition): NumberedNode {
    return { number: this.of(node), reference: node.reference! };
  }
}
