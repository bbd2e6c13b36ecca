/** What a heartbeat does and tells. */
export interface HeartbeatActions {
  readonly ping: () => void;
  /** Nothing was heard for the whole time. */
  readonly silent: () => void;
}

const BEATS = 3;

/** Asks now and then whether somebody is still there, while that matters. */
export class Heartbeat {
  readonly #patienceMs: number;
  readonly #actions: HeartbeatActions;
  #timer: NodeJS.Timeout | undefined;
  #matters = false;
  #unanswered = 0;

  /** Asks three times in `patienceMs`, in milliseconds. */
  constructor(patienceMs: number, actions: HeartbeatActions) {
    this.#patienceMs = patienceMs;
    this.#actions = actions;
  }

  start(): void {
    this.#matters = true;
    this.#unanswered = 0;
    // Calls may be short and many: a timer outlives them, and ends when it finds none.
    this.#timer ??= setInterval(() => this.#beat(), this.#patienceMs / BEATS).unref();
  }

  heard(): void {
    this.#unanswered = 0;
  }

  stop(): void {
    this.#matters = false;
  }

  /** Leaves no timer. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beat(): void {
    if (!this.#matters) return this.end();
    if (this.#unanswered === BEATS) {
      this.end();
      return this.#actions.silent();
    }
    this.#unanswered++;
    this.#actions.ping();
  }
}
