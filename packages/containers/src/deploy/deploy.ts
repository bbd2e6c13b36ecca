import { createWriteStream, openAsBlob } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

import { PolyloomError } from "@polyloom/wire";

import { jsonLines } from "../engine/json-lines.ts";
import type { BuildContext } from "../function/build-context.ts";
import type { ContainerProgress } from "../function/container-progress.ts";
import { archive } from "../image/archive.ts";

/** Where a function is deployed to. */
export interface DeployTarget {
  readonly key: string;
  /** The target's address, to which `/v1/deploy` is added; `POLYLOOM_DEPLOY_URL` unless set. */
  readonly url?: string;
}

/** What is deployed. */
export interface Deployment {
  readonly name: string;
  /** The port that the function listens on. */
  readonly port?: number;
  readonly context: BuildContext;
}

/** One line of a target's answer. */
export interface DeployEvent {
  readonly status: "building" | "starting" | "done" | "error";
  readonly message?: string;
  readonly url?: string;
}

/** Sends a build's context as a form, and follows the answer; resolves to the URL, or throws deploy_failed. */
export async function deploy(
  target: DeployTarget,
  deployment: Deployment,
  report: (event: ContainerProgress) => void,
): Promise<string> {
  const url = deployUrl(target);
  const folder = await mkdtemp(join(tmpdir(), "polyloom-deploy-"));
  try {
    const body = await formOf(deployment, join(folder, "context.tar.gz"));
    const response = await send(url, target.key, body);
    return await followAnswer(url, response, report);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function deployUrl({ url = process.env["POLYLOOM_DEPLOY_URL"] }: DeployTarget): string {
  if (url !== undefined && URL.canParse(url)) return new URL("v1/deploy", url.endsWith("/") ? url : `${url}/`).href;
  const message = `The target's url is ${JSON.stringify(url)}. Pass { key, url }, or set POLYLOOM_DEPLOY_URL.`;
  throw new PolyloomError("container_options_invalid", message, { details: { option: "url", value: url } });
}

async function formOf({ name, port, context }: Deployment, path: string): Promise<FormData> {
  const dockerfile = { kind: "text", path: "Dockerfile", mode: 0o644, content: context.dockerfile } as const;
  await pipeline(archive([...context.entries, dockerfile]), createGzip(), createWriteStream(path));
  const form = new FormData();
  form.set("function_name", name);
  if (port !== undefined) form.set("port", String(port));
  form.set("source_archive", await openAsBlob(path), "context.tar.gz");
  return form;
}

async function send(url: string, key: string, body: FormData): Promise<Response> {
  try {
    return await fetch(url, { method: "POST", headers: { "X-API-Key": key }, body });
  } catch (cause) {
    const words = ((cause as Error).cause as Error | undefined)?.message ?? (cause as Error).message;
    throw new PolyloomError("deploy_failed", `${url} does not answer: ${words}.`, { cause, details: { url } });
  }
}

async function followAnswer(
  url: string,
  response: Response,
  report: (event: ContainerProgress) => void,
): Promise<string> {
  if (!response.ok || response.body === null) throw failed(url, await response.text(), response.status);
  for await (const line of jsonLines(Readable.fromWeb(response.body as never))) {
    const { status, message = "", url: deployed } = line as unknown as DeployEvent;
    if (status === "done" && deployed !== undefined) return deployed;
    if (status === "error") throw failed(url, message, response.status);
    report({ kind: "output", text: message });
  }
  throw failed(url, "it ended its answer without a word of success", response.status);
}

function failed(url: string, words: string, status: number): PolyloomError {
  const message = `${url} did not deploy the function: ${words.trim() || `status ${status}`}.`;
  return new PolyloomError("deploy_failed", message, { details: { url, status } });
}
