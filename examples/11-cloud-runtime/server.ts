// Runs nodes and workflows for others. It imports the modules that they name: listen only where you trust who asks.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { decode, type NodeReference, serializeError } from "@polyloom/wire";
import type { NumberedOrder } from "./message.ts";
import { type DocumentOrder, runDocument } from "./run-document.ts";
import { findNodes, runOrder } from "./run-order.ts";

// #region server
const running = new Map<string, AbortController>();

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => response.destroy(error as Error));
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  if (request.url === "/workflow") return void response.end(await answerDocument(body));
  if (request.url === "/nodes") return void response.end(await findNodes(decode(body) as NodeReference[]));
  if (request.url === "/abort") return answerAbort(decode(body) as string, response);
  await answerOrder(decode(body) as NumberedOrder, response);
}

async function answerOrder(order: NumberedOrder, response: ServerResponse): Promise<void> {
  const controller = new AbortController();
  running.set(order.id, controller);
  response.on("close", () => controller.abort()); // whoever waited is gone
  response.flushHeaders();
  await runOrder(order, (bytes) => response.write(bytes), controller.signal);
  running.delete(order.id);
  response.end();
}

function answerAbort(id: string, response: ServerResponse): void {
  running.get(id)?.abort();
  response.end();
}

async function answerDocument(body: Buffer): Promise<string> {
  try {
    return JSON.stringify(await runDocument(JSON.parse(body.toString()) as DocumentOrder));
  } catch (error) {
    return JSON.stringify({ error: serializeError(error) });
  }
}
// #endregion server

server.listen(0, "127.0.0.1", () => process.send!({ port: (server.address() as AddressInfo).port }));
process.on("disconnect", () => process.exit()); // whoever started it is gone
