/** Ready units, the one that was added to the workflow first on top: a binary heap over an order of units. */
export class ReadyQueue {
  readonly #heap: number[] = [];
  readonly #order: ArrayLike<number>;
  /** What is in the heap and not marked was taken out again. */
  readonly #queued: Uint8Array;

  /** `order` gives each unit's place. */
  constructor(order: ArrayLike<number>) {
    this.#order = order;
    this.#queued = new Uint8Array(order.length);
  }

  /** How many units there are, at the most: some may have been taken out again. */
  get size(): number {
    return this.#heap.length;
  }

  /** Puts a unit in, if it is not there yet. */
  push(unit: number): void {
    if (this.#queued[unit] === 1) return;
    this.#queued[unit] = 1;
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
    while (heap.length > 0) {
      const top = heap[0]!;
      const last = heap.pop()!;
      if (heap.length > 0) this.#sink(last);
      if (this.#queued[top] === 0) continue;
      this.#queued[top] = 0;
      return top;
    }
    return undefined;
  }

  /** The first unit, if it is one of those. */
  popIf(isOne: (unit: number) => boolean): number | undefined {
    const first = this.pop();
    if (first === undefined || isOne(first)) return first;
    this.push(first);
    return undefined;
  }

  /** Takes a unit out. */
  remove(unit: number): void {
    this.#queued[unit] = 0;
  }

  clear(): void {
    for (const unit of this.#heap) this.#queued[unit] = 0;
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
