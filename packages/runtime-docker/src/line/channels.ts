import type { Line } from "./frame-line.ts";

/** What one stream carries: words between the host and the agent, and those between the host and its worker. */
export type Channel = "control" | "worker";

const NUMBERS = { control: 0, worker: 1 } as const;

/** Two lines in one: the first byte of a message says which. */
export class Channels {
  readonly #line: Line;
  readonly #hearers: Map<number, { onBody: (body: Uint8Array) => void; onClose: (error?: Error) => void }> = new Map();

  /** Listens to the line at once. */
  constructor(line: Line) {
    this.#line = line;
    line.listen(
      (body) => this.#hearers.get(body[0]!)?.onBody(body.slice(1)),
      (error) => {
        for (const { onClose } of this.#hearers.values()) onClose(error);
      },
    );
  }

  /** One of the two; closing it closes only itself. */
  channel(name: Channel): Line {
    const number = NUMBERS[name];
    let open = true;
    return {
      send: (body) => {
        if (open) this.#line.send(Buffer.concat([Uint8Array.of(number), body]));
      },
      listen: (onBody, onClose) => void this.#hearers.set(number, { onBody, onClose }),
      close: () => {
        open = false;
        this.#hearers.delete(number);
      },
    };
  }

  close(): void {
    this.#line.close();
  }
}
