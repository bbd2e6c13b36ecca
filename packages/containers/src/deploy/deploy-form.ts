import type { IncomingMessage } from "node:http";

import { PolyloomError } from "@polyloom/wire";

/** What a deployment's form has. */
export interface DeployForm {
  readonly name: string;
  readonly port: number;
  /** A tar of the build's context, compressed by gzip. */
  readonly archive: Blob;
}

const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** Reads a deployment's form; throws size_limit_exceeded before it is read where it says its length, and deploy_failed. */
export async function readDeployForm(request: IncomingMessage, maxBytes: number): Promise<DeployForm> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > maxBytes) throw tooLarge(announced, maxBytes);
  const body = await readBody(request, maxBytes);
  const headers = { "Content-Type": request.headers["content-type"] ?? "" };
  const form = await new Response(body, { headers }).formData().catch((cause: unknown) => {
    throw new PolyloomError("deploy_failed", "the request is not a form", { cause });
  });
  return checkForm(form);
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(size, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function checkForm(form: FormData): DeployForm {
  const name = form.get("function_name");
  const port = Number(form.get("port"));
  const archive = form.get("source_archive");
  if (typeof name !== "string" || !NAME.test(name))
    throw wrong("function_name", "lower case letters, digits and hyphens");
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw wrong("port", "the port that the function listens on");
  if (!(archive instanceof Blob)) throw wrong("source_archive", "a file, a tar compressed by gzip");
  return { name, port, archive };
}

function wrong(field: string, expected: string): PolyloomError {
  return new PolyloomError("deploy_failed", `the field ${field} takes ${expected}`, { details: { field } });
}

function tooLarge(size: number, limit: number): PolyloomError {
  const message = `the upload has at least ${size} bytes, and the limit is ${limit}`;
  return new PolyloomError("size_limit_exceeded", message, { details: { size, limit } });
}
