import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { PolyloomError } from "@polyloom/wire";

import type { ContainerEngine } from "../engine/container-engine.ts";
import type { ContainerLimits } from "../security/limits.ts";
import type { DeployEvent } from "./deploy.ts";
import { readDeployForm } from "./deploy-form.ts";
import { startDeployed } from "./deployed-container.ts";

/** Who may deploy, to which engine, and where the receiver listens. */
export interface ReceiverOptions {
  readonly engine: ContainerEngine;
  /** Each holder of one may run any command on the engine, in a build's container. */
  readonly keys: readonly string[];
  /** A free one unless set. */
  readonly port?: number;
  /** `127.0.0.1` unless set; deployed functions listen there too. */
  readonly host?: string;
  /** The host's name in the URLs of deployed functions; `host` unless set. */
  readonly publicHost?: string;
  /** The largest upload; 256 MiB unless set. */
  readonly maxBytes?: number;
  readonly limits?: ContainerLimits;
}

/** A running receiver. */
export interface DeployReceiver extends AsyncDisposable {
  readonly url: string;
  /** Ends the receiver; what it deployed runs on. */
  close(): Promise<void>;
}

const MAX_BYTES = 256 * 2 ** 20;
const DRAINED_BYTES = 16 * 2 ** 20;

/**
 * Takes what `deploy` sends, builds and runs it: one container for each name, which outlives the receiver and gives
 * way to the next of its name once that answers.
 */
export async function startDeployReceiver(options: ReceiverOptions): Promise<DeployReceiver> {
  if (options.keys.length === 0 || options.keys.some((key) => key.length < 16)) throw weakKeys();
  const { host = "127.0.0.1", port = 0 } = options;
  const server = createServer((request, response) => void handle(options, request, response));
  server.listen(port, host);
  await once(server, "listening");
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeIdleConnections();
    await once(server, "close");
  };
  const url = `http://${host}:${(server.address() as AddressInfo).port}`;
  return { url, close, [Symbol.asyncDispose]: close };
}

async function handle(options: ReceiverOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refusal = refusalOf(options, request);
  if (refusal !== undefined) return await refuse(request, response, ...refusal);
  response.on("error", () => {});
  const tell = (event: DeployEvent): void => void response.write(`${JSON.stringify(event)}\n`);
  try {
    const form = await readDeployForm(request, options.maxBytes ?? MAX_BYTES);
    response.writeHead(200, { "Content-Type": "application/x-ndjson" });
    const url = await startDeployed(options, form, tell);
    tell({ status: "done", url });
  } catch (error) {
    const message = error instanceof PolyloomError ? error.message : "the deployment failed";
    if (!response.headersSent) return await refuse(request, response, 400, message);
    tell({ status: "error", message });
  }
  response.end();
}

function refusalOf({ keys }: ReceiverOptions, request: IncomingMessage): [status: number, text: string] | undefined {
  if (request.url !== "/v1/deploy") return [404, "there is only /v1/deploy"];
  if (request.method !== "POST") return [405, "a deployment is a POST"];
  const given = digest(String(request.headers["x-api-key"] ?? ""));
  const known = keys.map((key) => timingSafeEqual(digest(key), given));
  return known.includes(true) ? undefined : [401, "the key is not known"];
}

async function refuse(request: IncomingMessage, response: ServerResponse, status: number, text: string): Promise<void> {
  await drain(request);
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" }).end(`${text}\n`);
}

/** Who is cut off in the middle of a form does not read why; but nobody may send for ever. */
async function drain(request: IncomingMessage): Promise<void> {
  let left = DRAINED_BYTES;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) if ((left -= chunk.length) < 0) return;
  } catch {
    // The other side has gone.
  }
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function weakKeys(): PolyloomError {
  const message = "keys needs at least one key, each of 16 characters or more.";
  return new PolyloomError("container_options_invalid", message, { details: { option: "keys" } });
}
