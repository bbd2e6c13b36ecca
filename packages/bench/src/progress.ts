/** Tells on standard error what is being measured: one line that is written over on a terminal, else a line a program. */
export class Progress {
  readonly #output: NodeJS.WriteStream;

  /** Writes to `output`. */
  constructor(output: NodeJS.WriteStream = process.stderr) {
    this.#output = output;
  }

  /** Something began, or is `done` of `total` through. */
  at(name: string, done: number, total: number): void {
    if (this.#output.isTTY) this.#over(`measuring ${name} ${done}/${total}`);
    else if (done === 0) this.#output.write(`measuring ${name}\n`);
  }

  /** Something takes its time, and cannot tell how far it is. */
  busy(what: string): void {
    if (this.#output.isTTY) this.#over(what);
    else this.#output.write(`${what}\n`);
  }

  /** Nothing more is measured. */
  end(): void {
    if (this.#output.isTTY) this.#over("");
  }

  #over(line: string): void {
    this.#output.write(`\r\u001b[K${line}`);
  }
}
