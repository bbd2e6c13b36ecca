import type { RunEvent } from "./event.ts";
import type { Observer } from "./observer.ts";

/** Holds events until a reader takes them. */
export class EventStream implements Observer {
  readonly #events: RunEvent[] = [];
  #taken = 0;
  #closed = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  onEvent(event: RunEvent): void {
    this.#events.push(event);
    this.#wakeReader();
  }

  /** No event follows; a reader is told `failure`, if there was one, after the last event. */
  close(failure?: { readonly error: unknown }): void {
    this.#closed = true;
    this.#failure = failure;
    this.#wakeReader();
  }

  /** The events in order, until the stream is closed. */
  async *read(): AsyncGenerator<RunEvent, void> {
    for (;;) {
      const event = this.#take();
      if (event !== undefined) yield event;
      else if (this.#closed) break;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #take(): RunEvent | undefined {
    const event = this.#events[this.#taken];
    if (event === undefined) return undefined;
    this.#taken++;
    // Taking from the front of a long list is slow: what was read is let go of in blocks.
    if (this.#taken >= 1024) {
      this.#events.splice(0, this.#taken);
      this.#taken = 0;
    }
    return event;
  }

  #wakeReader(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
