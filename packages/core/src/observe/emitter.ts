import { isPromise } from "node:util/types";
import type { Clock } from "../execute/clock.ts";
import type { EventBody, RunEvent } from "./event.ts";
import type { Observer } from "./observer.ts";

/** Numbers the events of one run and hands them to observers. */
export class Emitter {
  readonly #observers: readonly Observer[];
  readonly #runId: string;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #waiting: RunEvent[] = [];
  #delivering = false;
  #ended = false;
  #seq = 0;

  /** `onError` is told what an observer throws. */
  constructor(observers: readonly Observer[], runId: string, clock: Clock, onError: (error: unknown) => void) {
    this.#observers = observers;
    this.#runId = runId;
    this.#clock = clock;
    this.#onError = onError;
  }

  /** Gives an event its number and time, and hands it on; nothing follows the end of a run (O1). */
  emit(body: EventBody): void {
    if (this.#ended) return;
    this.#ended = body.type === "run.ended";
    const event = { ...body, runId: this.#runId, seq: ++this.#seq, time: this.#clock.now() };
    this.#waiting.push(Object.freeze(event) as RunEvent);
    if (!this.#delivering) this.#deliverAll();
  }

  /** An observer that causes an event is told of it after the others have heard of the first one: all hear one order. */
  #deliverAll(): void {
    this.#delivering = true;
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift())
      for (const observer of this.#observers) this.#deliver(observer, event);
    this.#delivering = false;
  }

  #deliver(observer: Observer, event: RunEvent): void {
    try {
      const pending: unknown = observer.onEvent(event);
      if (isPromise(pending)) pending.catch(this.#onError);
    } catch (error) {
      this.#onError(error);
    }
  }
}
