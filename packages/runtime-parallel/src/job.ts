import type { Listener, Report } from "@polyloom/core/place";
import type { Word } from "./message.ts";

/** One message that a worker works on: who listens to its nodes. */
export class Job implements Listener {
  readonly id: number;
  over = false;
  readonly #say: (word: Word) => void;
  #controller: AbortController | undefined;
  #reason: { readonly value: unknown } | undefined;

  /** `say` sends a word through the worker's own port. */
  constructor(id: number, say: (word: Word) => void) {
    this.id = id;
    this.#say = say;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined) this.#controller.abort(this.#reason.value);
    return this.#controller.signal;
  }

  tell(report: Report): void {
    this.#say({ kind: "report", id: this.id, report });
  }

  abort(reason: unknown): void {
    this.#reason = { value: reason };
    this.#controller?.abort(reason);
  }
}
