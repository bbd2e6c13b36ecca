import { deserializeError, PolyloomError } from "@polyloom/wire";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { type ActorFailure, failureOf } from "../handler/failure.ts";
import { MOST_INLINE_BYTES, WAKE } from "../handler/call-loop.ts";
import { refusal } from "../handler/dialect.ts";
import type { ThreadData, ThreadMessage } from "../handler/serve-calls.ts";
import type { Settings } from "../options.ts";
import { allocateRing, Ring } from "../ring.ts";
import { type MemoryLimit, memoryLimit, MemoryWatch } from "./memory-watch.ts";

/** Gets a reply as JSON; the bytes are valid until it returns. */
export type Reply = (json: Uint8Array) => void;

interface Call {
  readonly reply: Reply;
  readonly size: number;
  /** Kept for a message that went past the ring, for the next thread if this one ends first. */
  readonly body: Uint8Array | undefined;
}

const RING_BYTES = 2 ** 20;
const EMPTY = new Uint8Array();
// Room in the ring for the record of a message that goes past it.
const RECORD_BYTES = 16;
const QUEUED_MESSAGES = 4;
const OUT_OF_MEMORY = "ERR_WORKER_OUT_OF_MEMORY";

/**
 * The thread that a handler runs in, with a queue before it. When it ends unasked the calls that had begun fail, and
 * another thread goes on with those that waited.
 */
export class HandlerThread {
  readonly #settings: Settings;
  readonly #file: URL;
  readonly #callMemory: SharedArrayBuffer;
  readonly #replyMemory: SharedArrayBuffer = allocateRing(RING_BYTES);
  readonly #calls: Ring;
  readonly #replies: Ring;
  readonly #memory: MemoryLimit;
  readonly #open = new Map<number, Call>();
  #worker!: Worker;
  #watch!: MemoryWatch;
  #bodies!: MessagePort;
  #lastId = 0;
  #bytes = 0;
  #thrown: { readonly error: unknown } | undefined;
  #isWaking = false;
  #isClosing = false;

  /** Told after replies, when the queue may have room again. */
  onRoom: () => void = () => {};
  /** Told when no thread can be had any more. */
  onBroken: (error: unknown) => void = () => {};

  private constructor(settings: Settings, file: URL) {
    this.#settings = settings;
    this.#file = file;
    this.#memory = memoryLimit(settings.memoryMB);
    this.#callMemory = allocateRing(RING_BYTES + settings.maxQueue * RECORD_BYTES);
    this.#calls = new Ring(this.#callMemory);
    this.#replies = new Ring(this.#replyMemory);
    this.#replies.sleep();
  }

  /**
   * Starts a thread from the module `file`, and waits until it has loaded the handler.
   * @throws PolyloomError `handler_invalid`
   */
  static async start(settings: Settings, file: URL): Promise<HandlerThread> {
    const thread = new HandlerThread(settings, file);
    await thread.#startWorker();
    return thread;
  }

  /** Whether calls have to wait outside, for their number or their bytes. */
  get isFull(): boolean {
    const { maxQueue, maxMessageBytes } = this.#settings;
    return this.#open.size >= maxQueue || this.#bytes >= QUEUED_MESSAGES * maxMessageBytes;
  }

  /** Queues a message, and replies once. */
  call(body: Uint8Array, reply: Reply): void {
    this.#lastId = (this.#lastId + 1) | 0;
    const id = this.#lastId;
    const size = body.byteLength;
    const spare = this.#settings.maxQueue * RECORD_BYTES;
    const isInline = size <= MOST_INLINE_BYTES && this.#calls.write(id, body, spare);
    this.#open.set(id, { reply, size, body: isInline ? undefined : body });
    this.#bytes += size;
    if (!isInline) this.#sendBeside(id, body);
    this.#wakeSoon();
    this.#watch.start();
  }

  /** Ends the thread; calls that are open get no reply. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#bodies.close();
    this.#watch.stop();
    await this.#worker.terminate();
  }

  // Waking costs a system call: once for all the sockets that were read in one turn of the event loop.
  #wakeSoon(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    setImmediate(() => {
      this.#isWaking = false;
      if (this.#calls.wake()) this.#worker.postMessage(WAKE);
    });
  }

  #sendBeside(id: number, body: Uint8Array): void {
    this.#bodies.postMessage(body);
    if (this.#calls.write(id, EMPTY)) return;
    throw new PolyloomError("internal", `The ring has no room for a record of ${this.#open.size} calls.`);
  }

  #startWorker(): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    this.#bodies = port1;
    this.#thrown = undefined;
    const { handler, folder, concurrency, handlerMode: mode, validateEnvelopes } = this.#settings;
    const rings = { calls: this.#callMemory, replies: this.#replyMemory };
    const workerData: ThreadData = { ...rings, bodies: port2, handler, folder, concurrency, mode, validateEnvelopes };
    this.#worker = new Worker(this.#file, {
      name: "actor handler",
      workerData,
      transferList: [port2],
      resourceLimits: { maxOldGenerationSizeMb: this.#memory.heapMB },
    });
    this.#watch = this.#watchMemory(this.#worker);
    return this.#listen(this.#worker);
  }

  #listen(worker: Worker): Promise<void> {
    return new Promise((resolve, reject) => {
      let isReady = false;
      worker.on("message", (message: ThreadMessage) => {
        if (message === "ready") resolve(void (isReady = true));
        else if (message === WAKE) this.#drain();
        else if ("failed" in message) reject(deserializeError(message.failed) as Error);
        else this.#settleLarge(message);
      });
      worker.on("error", (error: unknown) => (this.#thrown = { error }));
      worker.on("exit", (code) => {
        if (isReady) void this.#replace(code);
        else reject(this.#endedEarly(code));
      });
    });
  }

  #watchMemory(worker: Worker): MemoryWatch {
    const isBusy = (): boolean => this.#open.size > 0;
    return new MemoryWatch(worker, this.#memory, isBusy, () => {
      this.#thrown = { error: { code: OUT_OF_MEMORY } };
      void worker.terminate();
    });
  }

  #endedEarly(code: number): PolyloomError {
    const reason =
      this.#thrown === undefined ? `it ended its thread with exit code ${code}` : String(this.#thrown.error);
    const message = `The handler "${this.#settings.handler}" cannot be used: while it was loaded, ${reason}.`;
    return new PolyloomError("handler_invalid", message, { cause: this.#thrown?.error });
  }

  readonly #drain = (): void => {
    do while (this.#replies.shift(this.#settle) !== undefined);
    while (!this.#replies.sleep());
    this.onRoom();
  };

  #settleLarge([id, json]: readonly [id: number, json: Uint8Array]): void {
    this.#settle(id, json);
    this.onRoom();
  }

  readonly #settle = (id: number, json: Uint8Array): true => {
    const call = this.#open.get(id);
    if (call === undefined) return true;
    this.#open.delete(id);
    this.#bytes -= call.size;
    call.reply(json);
    return true;
  };

  async #replace(code: number): Promise<void> {
    if (this.#isClosing) return;
    this.#drain();
    this.#watch.stop();
    this.#failOpen(failureOfEnd(code, this.#thrown), (id) => this.#hasStarted(id));
    this.#bodies.close();
    try {
      const started = this.#startWorker();
      // Their records wait in the ring.
      for (const { body } of this.#open.values()) if (body !== undefined) this.#bodies.postMessage(body);
      await started;
      if (this.#open.size > 0) this.#watch.start();
    } catch (error) {
      this.#failOpen(failureOf(error), () => true);
      this.onBroken(error);
    }
  }

  // Calls are shifted in the order of their numbers, which go round.
  #hasStarted(id: number): boolean {
    return ((id - this.#calls.shifted) | 0) <= 0;
  }

  #failOpen(failure: ActorFailure, concerns: (id: number) => boolean): void {
    const json = Buffer.from(refusal(failure, this.#settings.handlerMode));
    for (const id of [...this.#open.keys()].filter(concerns)) this.#settle(id, json);
    this.onRoom();
  }
}

function failureOfEnd(code: number, thrown: { readonly error: unknown } | undefined): ActorFailure {
  if (thrown === undefined) {
    const message = `The handler ended its thread with exit code ${code}.`;
    return { kind: "processing_error", message, type: "ProcessExit" };
  }
  if ((thrown.error as { code?: unknown } | null)?.code === OUT_OF_MEMORY)
    return { kind: "out_of_memory", message: "The handler ran out of memory, and was started again." };
  return failureOf(thrown.error);
}
