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
  #seq = 0;

  /** `onError` is told what an observer throws. */
  constructor(observers: readonly Observer[], runId: string, clock: Clock, onError: (error: unknown) => void) {
    this.#observers = observers;
    this.#runId = runId;
    this.#clock = clock;
    this.#onError = onError;
  }

  /** Gives an event its number and time, and hands it on. */
  emit(body: EventBody): void {
    const event = Object.freeze({ ...body, runId: this.#runId, seq: ++this.#seq, time: this.#clock.now() }) as RunEvent;
    for (const observer of this.#observers) this.#deliver(observer, event);
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
