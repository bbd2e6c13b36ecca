/** A place where tasks wait for each other: a test that passes it proves that they ran at the same time. */
export class Rendezvous {
  readonly #size: number;
  #waiting: (() => void)[] = [];

  /** Lets tasks go on in groups of `size`. */
  constructor(size: number) {
    this.#size = size;
  }

  /** Waits until `size` tasks are here. */
  async meet(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    if (this.#waiting.length === this.#size) for (const go of this.#waiting.splice(0)) go();
    await promise;
  }
}
