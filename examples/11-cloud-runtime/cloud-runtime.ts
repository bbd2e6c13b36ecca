import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Agent, type IncomingMessage, request as httpRequest } from "node:http";
import {
  BaseRuntime,
  type Capabilities,
  type Outcome,
  type Plan,
  placeFailed,
  type RuntimeOptions,
  SEQUENTIAL,
  type Task,
} from "@polyloom/core/runtime";
import { orderFor, takeEnd, takeReport } from "@polyloom/core/place";
import { deserializeError, encode } from "@polyloom/wire";
import { decodeReplies, type Reply } from "./message.ts";

/** Options of {@link CloudRuntime}: those of every runtime, and where the server is. */
export interface CloudRuntimeOptions extends RuntimeOptions {
  readonly url: string;
  /** Most requests at once. Default 8. */
  readonly maxConcurrency?: number;
  /** Most bytes of one request. Default 64 MiB. */
  readonly maxBytes?: number;
}

// #region runtime
/** Sends each node to a server that runs it. */
export class CloudRuntime extends BaseRuntime {
  readonly name = "cloud";
  readonly capabilities: Capabilities;
  readonly #url: string;
  readonly #maxBytes: number;
  readonly #answers: WeakMap<Task, IncomingMessage> = new WeakMap();
  #agent: Agent | undefined;

  constructor({ url, maxConcurrency = 8, maxBytes = 64 * 1024 * 1024, ...options }: CloudRuntimeOptions) {
    super(options);
    this.capabilities = { ...SEQUENTIAL, place: "remote", maxConcurrency, isolates: true };
    this.#url = url;
    this.#maxBytes = maxBytes;
  }

  protected override start(): void {
    this.#agent = new Agent({ keepAlive: true });
  }

  protected override stop(): void {
    this.#agent?.destroy();
  }

  /** Asks for every node of the plan: one that the server cannot find is refused before any node starts. */
  protected override async prepare({ steps }: Plan): Promise<void> {
    const references = steps.flatMap(({ definition }) => definition?.reference ?? []);
    const response = await this.#post("/nodes", encode(references));
    for await (const reply of decodeReplies(response))
      if (reply.kind === "refused") throw deserializeError(reply.error);
  }

  protected async runTask(task: Task, signal: AbortSignal): Promise<Outcome> {
    const id = randomUUID();
    const abort = (): void => void this.#abort(id);
    try {
      const order = { id, ...orderFor(task, task.node.reference) };
      const answer = await this.#post("/task", encode(order, { maxBytes: this.#maxBytes }));
      this.#answers.set(task, answer);
      if (signal.aborted) abort();
      signal.addEventListener("abort", abort);
      let outcome: Outcome | undefined;
      for await (const reply of decodeReplies(answer)) outcome = take(reply, task) ?? outcome;
      return outcome ?? placeFailed(new Error(`${this.#url} ended without an answer`));
    } catch (error) {
      return placeFailed(error);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** Nobody waits for this task any more: closes the connection, which aborts the node if nothing did. */
  protected override preempt(task: Task): void {
    this.#answers.get(task)?.destroy();
  }

  async #abort(id: string): Promise<void> {
    try {
      (await this.#post("/abort", encode(id))).resume();
    } catch {
      // a server that is gone has nothing left to abort
    }
  }

  async #post(path: string, body: Uint8Array): Promise<IncomingMessage> {
    const request = httpRequest(new URL(path, this.#url), { method: "POST", agent: this.#agent! });
    request.end(body);
    const [answer] = (await once(request, "response")) as [IncomingMessage];
    request.on("error", () => undefined); // the answer tells it as well
    return answer;
  }
}
// #endregion runtime

// #region take
/** Passes on what the node reports; gives the outcome once there is one. */
function take(reply: Reply, task: Task): Outcome | undefined {
  if (reply.kind === "progress" || reply.kind === "log") return void takeReport(reply, task);
  return takeEnd(reply, task);
}
// #endregion take
