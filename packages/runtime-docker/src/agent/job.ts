import { type About, type End, type Listener, refused, type Report } from "@polyloom/core/place";
import { serializeError } from "@polyloom/wire";

/** One message that a worker works on: the listener of its node. */
export class Job implements Listener {
  readonly id: number;
  readonly about: About | undefined;
  over = false;
  readonly #tell: (report: Report) => void;
  #controller: AbortController | undefined;
  #reason: { readonly value: unknown } | undefined;
  #fail: ((end: End) => void) | undefined;

  /** `tell` passes on what the node reports. */
  constructor(id: number, about: About | undefined, tell: (report: Report) => void) {
    this.id = id;
    this.about = about;
    this.#tell = tell;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined) this.#controller.abort(this.#reason.value);
    return this.#controller.signal;
  }

  tell(report: Report): void {
    this.#tell(report);
  }

  abort(reason: unknown): void {
    this.#reason = { value: reason };
    this.#controller?.abort(reason);
  }

  /** The end that a promise gives, or that code which the node did not await threw before that. */
  async firstEnd(end: Promise<End>): Promise<End> {
    const thrown = new Promise<End>((resolve) => (this.#fail = resolve));
    return Promise.race([end.catch(refused), thrown]);
  }

  /** Ends it with what code threw that nobody awaited. */
  fail(error: unknown): void {
    this.#fail?.({ kind: "threw", error: serializeError(error) });
  }
}
