import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import { Ring } from "../ring.ts";
import type { Answer } from "./answer.ts";

/** What the handler's thread shares with the one that has the sockets. */
export interface CallChannel {
  /** Memory of a ring of messages: JSON, or nothing where the message is at `bodies`. */
  readonly calls: SharedArrayBuffer;
  /** Memory of a ring of replies as JSON. */
  readonly replies: SharedArrayBuffer;
  /** Where messages arrive that are too large for the ring, in the order of their records. */
  readonly bodies: MessagePort;
}

/** What a thread sends when the other's ring has something for it, and the other sleeps. */
export const WAKE = 0;

/** The largest message or reply in bytes that goes through a ring. */
export const MOST_INLINE_BYTES: number = 64 * 1024;

// Timers and I/O of the handler get their turn after so many calls, also when calls keep coming.
const MOST_CALLS_A_TURN = 64;

interface Call {
  readonly id: number;
  readonly text: string;
}

/** Takes calls in their order, at most `concurrency` at once, and sends replies as they come. */
export class CallLoop {
  readonly #calls: Ring;
  readonly #replies: Ring;
  readonly #bodies: MessagePort;
  readonly #port: MessagePort;
  readonly #answer: Answer;
  readonly #concurrency: number;
  #running = 0;

  constructor(channel: CallChannel, port: MessagePort, answer: Answer, concurrency: number) {
    this.#calls = new Ring(channel.calls);
    this.#replies = new Ring(channel.replies);
    this.#bodies = channel.bodies;
    this.#port = port;
    this.#answer = answer;
    this.#concurrency = concurrency;
  }

  /** Starts what waits, as far as the limit allows; call it whenever the thread is woken. */
  readonly drain = (): void => {
    for (let started = 0; this.#running < this.#concurrency; started++) {
      if (started === MOST_CALLS_A_TURN) return void setImmediate(this.drain);
      const call = this.#calls.shift(copyCall);
      if (call !== undefined) this.#start(call);
      else if (this.#calls.sleep()) return;
    }
  };

  #start({ id, text }: Call): void {
    const reply = this.#answer(text === "" ? this.#takeBody() : text);
    if (typeof reply === "string") return this.#send(id, reply);
    this.#running++;
    void reply.then((late) => this.#finish(id, late));
  }

  #finish(id: number, reply: string): void {
    this.#send(id, reply);
    this.#running--;
    this.drain();
  }

  #takeBody(): string {
    const { message } = receiveMessageOnPort(this.#bodies) as { message: Uint8Array };
    return Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString();
  }

  #send(id: number, reply: string): void {
    const bytes = Buffer.from(reply);
    if (bytes.byteLength > MOST_INLINE_BYTES || !this.#replies.write(id, bytes)) this.#port.postMessage([id, bytes]);
    else if (this.#replies.wake()) this.#port.postMessage(WAKE);
  }
}

function copyCall(id: number, bytes: Buffer): Call {
  return { id, text: bytes.toString() };
}
