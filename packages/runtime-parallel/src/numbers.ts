import type { NodeReference } from "@polyloom/wire";
import type { Numbered } from "./message.ts";

/** Numbers that stand for nodes and functions between this runtime and its workers: a reference is sent once to each. */
export class Numbers {
  readonly #byName: Map<string, number> = new Map();
  readonly #byReference: WeakMap<NodeReference, Numbered> = new WeakMap();

  /** A reference with its number; references to one name in one module share it. */
  of(reference: NodeReference): Numbered {
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
