/** A callback at a moment of virtual time. */
export interface VirtualTimer {
  /** Virtual milliseconds. */
  readonly time: number;
  /** Orders timers of one moment. */
  readonly tie: number;
  /** Orders timers of one moment and one tie. */
  readonly sequence: number;
  /** `undefined` once it fired or was cleared. */
  callback: (() => void) | undefined;
}

/** Timers by time: a binary heap in which cleared ones stay until they come up or outnumber the others. */
export class TimerQueue {
  #heap: VirtualTimer[] = [];
  #cleared = 0;

  /** The next timer that is not cleared. */
  get first(): VirtualTimer | undefined {
    while (this.#heap.length > 0 && this.#heap[0]!.callback === undefined) {
      this.#pop();
      this.#cleared--;
    }
    return this.#heap[0];
  }

  add(timer: VirtualTimer): void {
    this.#push(timer);
  }

  clear(timer: VirtualTimer): void {
    if (timer.callback === undefined) return;
    timer.callback = undefined;
    // A cycle with a timeout sets and clears a timer in each iteration, a million times at one moment.
    if (++this.#cleared * 2 > this.#heap.length + 64) this.#compact();
  }

  /** Takes the first timer out and gives what it calls. */
  take(): (() => void) | undefined {
    const callback = this.first?.callback;
    if (callback !== undefined) this.#pop()!.callback = undefined;
    return callback;
  }

  #compact(): void {
    // A sorted list is a heap.
    this.#heap = this.#heap.filter(({ callback }) => callback !== undefined).sort(byTime);
    this.#cleared = 0;
  }

  #push(timer: VirtualTimer): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (byTime(heap[parent]!, timer) <= 0) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): VirtualTimer | undefined {
    const top = this.#heap[0];
    const last = this.#heap.pop();
    if (this.#heap.length > 0) this.#sink(last!);
    return top;
  }

  #sink(timer: VirtualTimer): void {
    const heap = this.#heap;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && byTime(heap[child + 1]!, heap[child]!) < 0) child++;
      if (byTime(timer, heap[child]!) <= 0) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = timer;
  }
}

/** Which of two timers fires first. */
export function byTime(a: VirtualTimer, b: VirtualTimer): number {
  return a.time - b.time || a.tie - b.tie || a.sequence - b.sequence;
}
