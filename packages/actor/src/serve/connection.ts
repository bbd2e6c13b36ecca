import { FrameParser } from "@polyloom/wire";
import { isUtf8 } from "node:buffer";
import type { Socket } from "node:net";
import { refusal } from "../handler/dialect.ts";
import type { ActorFailure, FailureKind } from "../handler/failure.ts";
import type { Settings } from "../options.ts";
import type { HandlerThread } from "./handler-thread.ts";

/** The place of a reply: they leave in the order in which messages came. */
interface Slot {
  frame: Uint8Array | undefined;
}

const HEADER_BYTES = 4;
const MOST_SLOTS = 128;
const LINGER_MS = 1000;

/** One client: cuts what it sends into messages, and sends replies in their order. */
export class Connection {
  readonly #socket: Socket;
  readonly #thread: HandlerThread;
  readonly #settings: Settings;
  readonly #parser: FrameParser;
  readonly #slots: Slot[] = [];
  #waiting: (Uint8Array | ActorFailure)[] = [];
  #partialBytes = 0;
  #isSilent = true;
  /** Nothing more is taken from the client. */
  #isEnding = false;
  #isRefused = false;
  #partialTimer: NodeJS.Timeout | undefined;
  #closeTimer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, thread: HandlerThread, settings: Settings) {
    this.#socket = socket;
    this.#thread = thread;
    this.#settings = settings;
    this.#parser = new FrameParser({ maxBytes: settings.maxMessageBytes });
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("end", () => this.#end());
    socket.on("drain", () => this.pump());
    socket.on("close", () => this.#forget());
    // The client went away: its replies have nowhere to go.
    socket.on("error", () => socket.destroy());
  }

  /** Hands messages on as far as there is room, and reads on or waits. */
  pump(): void {
    while (this.#waiting.length > 0 && !this.#isHeld) this.#start(this.#waiting.shift()!);
    if (this.#isEnding) return this.#finish();
    const mayRead = this.#waiting.length === 0 && !this.#isHeld;
    if (mayRead === !this.#socket.isPaused()) return;
    if (mayRead) this.#socket.resume();
    else this.#socket.pause();
    this.#watchPartial();
  }

  /** Takes no more messages, answers those that came whole, and closes. */
  stop(): void {
    this.#isEnding = true;
    this.pump();
  }

  /** Answers with a failure and closes. */
  refuse(kind: FailureKind, message: string): void {
    this.#waiting.push({ kind, message });
    this.#isRefused = true;
    this.stop();
  }

  /** Closes without a word. */
  drop(): void {
    this.#socket.destroy();
  }

  get #isHeld(): boolean {
    return this.#slots.length >= MOST_SLOTS || this.#thread.isFull || this.#socket.writableNeedDrain;
  }

  #take(chunk: Uint8Array): void {
    if (this.#isEnding) return; // what still comes is read so that the reply is not lost with it
    this.#isSilent = false;
    try {
      const bodies = this.#parser.push(chunk);
      const taken = bodies.reduce((bytes, body) => bytes + HEADER_BYTES + body.byteLength, 0);
      this.#partialBytes += chunk.byteLength - taken;
      this.#takeBodies(bodies);
      if (this.#parser.refusal !== undefined) throw this.#parser.refusal;
    } catch (error) {
      this.refuse("message_too_large", (error as Error).message);
    }
  }

  #takeBodies(bodies: readonly Uint8Array[]): void {
    // The sidecar sends one message, and waits for the end of the connection.
    const isLast = this.#settings.handlerMode !== undefined && bodies.length > 0;
    this.#waiting.push(...(isLast ? bodies.slice(0, 1) : bodies));
    if (isLast) return this.stop();
    if (bodies.length > 0) this.#stopWatching();
    this.pump();
    this.#watchPartial();
  }

  #end(): void {
    if (this.#isEnding) return;
    if (this.#partialBytes > 0) {
      this.refuse("connection_error", `The connection ended after ${this.#partialBytes} bytes of a message.`);
    } else if (this.#isSilent) this.refuse("empty_message", "No data received.");
    else this.stop();
  }

  #start(message: Uint8Array | ActorFailure): void {
    const slot: Slot = { frame: undefined };
    this.#slots.push(slot);
    const failure = message instanceof Uint8Array ? failureIn(message) : message;
    const settle = (json: Uint8Array): void => this.#settle(slot, json);
    if (failure !== undefined) settle(Buffer.from(refusal(failure, this.#settings.handlerMode)));
    else this.#thread.call(message as Uint8Array, settle);
  }

  #settle(slot: Slot, json: Uint8Array): void {
    slot.frame = frameOf(json);
    while (this.#slots[0]?.frame !== undefined) this.#write(this.#slots.shift()!.frame!);
    if (this.#isEnding) this.#finish();
  }

  // Replies of one turn leave in one system call.
  #write(frame: Uint8Array): void {
    if (!this.#socket.writable) return;
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      process.nextTick(() => this.#socket.uncork());
    }
    this.#socket.write(frame);
  }

  /** Closes once everything is answered, and gives up on a client that does not take its replies. */
  #finish(): void {
    this.#stopWatching();
    this.#socket.resume();
    if (this.#waiting.length === 0 && this.#slots.length === 0 && !this.#socket.writableEnded)
      this.#socket.end(() => this.#leave());
    if (this.#socket.writableLength > 0)
      this.#closeTimer ??= setTimeout(() => this.#socket.destroy(), this.#settings.readTimeoutMs);
  }

  /** A client that was refused may still be writing, and would lose the reply with the connection. */
  #leave(): void {
    clearTimeout(this.#closeTimer);
    if (!this.#isRefused) return void this.#socket.destroy();
    this.#closeTimer = setTimeout(() => this.#socket.destroy(), LINGER_MS);
  }

  #forget(): void {
    this.#isEnding = true;
    this.#waiting = [];
    this.#stopWatching();
    clearTimeout(this.#closeTimer);
  }

  /** A message that began has to end in time; while nothing is read it is not the client's fault. */
  #watchPartial(): void {
    if (this.#partialBytes === 0 || this.#socket.isPaused() || this.#isEnding) return this.#stopWatching();
    const { readTimeoutMs } = this.#settings;
    const refuse = (): void =>
      this.refuse("connection_error", `A message has to arrive within ${readTimeoutMs} ms of its first byte.`);
    this.#partialTimer ??= setTimeout(refuse, readTimeoutMs);
  }

  #stopWatching(): void {
    clearTimeout(this.#partialTimer);
    this.#partialTimer = undefined;
  }
}

function failureIn(body: Uint8Array): ActorFailure | undefined {
  if (body.byteLength === 0) return { kind: "empty_message", message: "No data received." };
  if (!isUtf8(body)) return { kind: "invalid_encoding", message: "The message is not UTF-8." };
  return undefined;
}

// As encodeFrame of wire, but in memory of Node's pool, which costs the garbage collector less.
function frameOf(json: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + json.byteLength);
  frame.writeUInt32BE(json.byteLength);
  frame.set(json, HEADER_BYTES);
  return frame;
}
