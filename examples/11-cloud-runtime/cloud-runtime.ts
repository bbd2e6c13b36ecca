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
import { deserializeError, encode } from "@polyloom/wire";
import { decodeReplies, type Order, type Reply } from "./message.ts";

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
    try {
      const body = encode(orderFor(task), { maxBytes: this.#maxBytes });
      const response = await this.#post("/task", body, signal);
      let outcome: Outcome | undefined;
      for await (const reply of decodeReplies(response)) outcome = take(reply, task) ?? outcome;
      return outcome ?? placeFailed(new Error(`${this.#url} ended without an answer`));
    } catch (error) {
      return placeFailed(error);
    }
  }

  /** Aborting the signal closes the connection, and that is how the server hears of it. */
  async #post(path: string, body: Uint8Array, signal?: AbortSignal): Promise<IncomingMessage> {
    const request = httpRequest(new URL(path, this.#url), {
      method: "POST",
      agent: this.#agent!,
      ...(signal && { signal }),
    });
    request.on("error", () => undefined); // `once` and the response tell it as well
    request.end(body);
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return response;
  }
}
// #endregion runtime

// #region task
function orderFor({ node, input, context }: Task): Order {
  const { runId, workflow, nodeId, attempt, iteration, index, state } = context;
  return { node: node.reference!, input, about: { runId, workflow, nodeId, attempt, iteration, index, state } };
}

/** Passes on what the node reports; gives the outcome once there is one. */
function take(reply: Reply, { context }: Task): Outcome | undefined {
  switch (reply.kind) {
    case "progress":
      return void context.progress(reply.done, reply.total, reply.message);
    case "log": {
      const { level, msg, ...fields } = JSON.parse(reply.line) as { level: "info"; msg?: string };
      return void context.logger[level](fields, msg);
    }
    case "completed":
      replace(context.state, reply.state);
      return { status: "completed", output: reply.output };
    case "threw":
      return { status: "failed", error: deserializeError(reply.error) };
    case "refused":
      return placeFailed(deserializeError(reply.error));
  }
}
// #endregion task

function replace(state: Record<string, unknown>, by: Readonly<Record<string, unknown>>): void {
  for (const key of Object.keys(state)) delete state[key];
  Object.defineProperties(state, Object.getOwnPropertyDescriptors(by));
}
