// What piscina loads into each worker thread. No module of a user is imported here: the registry does that, for a node.
import { MessageChannel, parentPort, workerData } from "node:worker_threads";
import { Agent } from "./agent.ts";
import { guardExit } from "./watched-node.ts";
import type { Abort, Answer, Hello, Message, WorkerData } from "./message.ts";

const { port1: port, port2 } = new MessageChannel();
const agent = new Agent(workerData as WorkerData, (word, buffers = []) => port.postMessage(word, buffers));

guardExit();
port.on("message", (abort: Abort) => agent.abort(abort));
process.on("uncaughtException", (error) => agent.uncaught(error));
parentPort!.postMessage({ port: port2 } satisfies Hello, [port2]);

/** Answers one message. */
export default function handle(message: Message): Answer | Promise<Answer> {
  return agent.handle(message);
}
