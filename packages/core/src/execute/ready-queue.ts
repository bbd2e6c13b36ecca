/** Ready units, the one that was added to the workflow first on top: a binary heap over an order of units. */
export class ReadyQueue {
  readonly #heap: number[] = [];
  readonly #order: ArrayLike<number>;

  /** `order` gives each unit's place. */
  constructor(order: ArrayLike<number>) {
    this.#order = order;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** The first unit, still in the queue. */
  get top(): number | undefined {
    return this.#heap[0];
  }

  push(unit: number): void {
    const heap = this.#heap;
    const order = this.#order;
    let at = heap.length;
    heap.push(unit);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (order[heap[parent]!]! <= order[unit]!) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = unit;
  }

  /** The first unit, or `undefined` when none is ready. */
  pop(): number | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (heap.length > 0) this.#sink(last!);
    return top;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  #sink(unit: number): void {
    const heap = this.#heap;
    const order = this.#order;
    const { length } = heap;
    let at = 0;
    for (let child = 1; child < length; child = 2 * at + 1) {
      if (child + 1 < length && order[heap[child + 1]!]! < order[heap[child]!]!) child++;
      if (order[unit]! <= order[heap[child]!]!) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = unit;
  }
}

/** The same places, dealt out at random (Fisher and Yates). */
export function shuffled(order: ArrayLike<number>, random: () => number): number[] {
  const places = Array.from(order);
  for (let last = places.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [places[last], places[other]] = [places[other]!, places[last]!];
  }
  return places;
}
