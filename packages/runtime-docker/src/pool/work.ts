import type { End, Report } from "@polyloom/core/place";
import type { PolyloomError } from "@polyloom/wire";

/** One message that a container works on, as the host sees it. */
export class Work {
  readonly id: number;
  readonly end: Promise<End>;
  readonly settle: (end: End) => void;
  readonly fail: (error: PolyloomError) => void;
  readonly #onReport: ((report: Report) => void) | undefined;
  #over = false;

  /** `onReport` is told what the node reports, until the end. */
  constructor(id: number, onReport?: (report: Report) => void) {
    const { promise, resolve, reject } = Promise.withResolvers<End>();
    this.id = id;
    this.end = promise;
    this.settle = (end) => {
      this.#over = true;
      resolve(end);
    };
    this.fail = (error) => {
      this.#over = true;
      reject(error);
    };
    this.#onReport = onReport;
  }

  report(report: Report): void {
    if (!this.#over) this.#onReport?.(report);
  }
}
