/** What a heartbeat does and tells. */
export interface HeartbeatActions {
  readonly ping: () => void;
  /** Nothing was heard for the whole time. */
  readonly silent: () => void;
}

/** Asks now and then whether somebody is still there, while that matters. */
export class Heartbeat {
  readonly #patienceMs: number;
  readonly #actions: HeartbeatActions;
  #timer: NodeJS.Timeout | undefined;
  #pings = 0;

  /** Asks three times in `patienceMs`, in milliseconds. */
  constructor(patienceMs: number, actions: HeartbeatActions) {
    this.#patienceMs = patienceMs;
    this.#actions = actions;
  }

  start(): void {
    this.heard();
    this.#timer ??= setInterval(() => this.#beat(), this.#patienceMs / 3);
  }

  heard(): void {
    this.#pings = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beat(): void {
    if (this.#pings === 3) {
      this.stop();
      return this.#actions.silent();
    }
    this.#pings++;
    this.#actions.ping();
  }
}
