/** Numbers that stand for nodes between this runtime and its workers: a reference is sent once to each. */
export class NodeNumbers {
  #byReference = new Map();
  #byNode = new WeakMap();
  /** The number of a node; nodes with one reference share it. */
  of(node) {
    const known = this.#byNode.get(node);
    if (known !== undefined) return known;
    const { module, name } = node.reference;
    const key = JSON.stringify([module, name]);
    const number = this.#byReference.get(key) ?? this.#byReference.size;
    this.#byReference.set(key, number);
    this.#byNode.set(node, number);
    return number;
  }
  /** A node with its number. */
  entry(node) {
    return { number: this.of(node), reference: node.reference };
  }
}
