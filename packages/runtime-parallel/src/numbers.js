/** Numbers that stand for nodes and functions between this runtime and its workers: a reference is sent once to each. */
export class Numbers {
  #byName = new Map();
  #byReference = new WeakMap();
  /** A reference with its number; references to one name in one module share it. */
  of(reference) {
    const known = this.#byReference.get(reference);
    if (known !== undefined) return known;
    const { module, name } = reference;
    const key = JSON.stringify([module, name]);
    const number = this.#byName.get(key) ?? this.#byName.size;
    this.#byName.set(key, number);
    const numbered = { number, reference };
    this.#byReference.set(reference, numbered);
    return numbered;
  }
}
