// What a container runs: starts and ends the worker in which nodes run. No node can keep this thread busy.
import { connect } from "node:net";
import { Worker } from "node:worker_threads";
import { decode, encode, serializeError } from "@polyloom/wire";
import { Channels } from "../line/channels.ts";
import { FrameLine, type Line } from "../line/frame-line.ts";
import {
  type AgentSettings,
  type Command,
  type Hello,
  type Notice,
  SETTINGS_VARIABLE,
  type WorkerSettings,
} from "../line/message.ts";

const WORKER_FILE = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url);

const settings = JSON.parse(process.env[SETTINGS_VARIABLE]!) as AgentSettings;
delete process.env[SETTINGS_VARIABLE];

const { control, relay } = settings.socket === undefined ? openStdio() : openSocket(settings.socket);
let worker: Worker | undefined;

control.listen((body) => obey(decode(body) as Command), endAll);
relay?.listen((body) => worker?.postMessage(body, [body.buffer as ArrayBuffer]), endAll);
startWorker(settings.worker);

function openSocket(path: string): { control: Line; relay?: Line } {
  const socket = connect(path);
  const line = new FrameLine(socket, socket, settings.maxBytes);
  line.send(encode({ token: settings.token } satisfies Hello));
  return { control: line };
}

function openStdio(): { control: Line; relay: Line } {
  const channels = new Channels(new FrameLine(process.stdin, process.stdout, settings.maxBytes));
  const control = channels.channel("control");
  control.send(encode({ token: settings.token } satisfies Hello));
  return { control, relay: channels.channel("worker") };
}

function obey(command: Command): void {
  if (command.kind === "ping") return tell({ kind: "pong" });
  const old = worker;
  worker = undefined;
  if (old === undefined) startWorker(command.token);
  else void old.terminate().then(() => startWorker(command.token));
}

function startWorker(token: string): void {
  const { socket, maxBytes, heapMegabytes } = settings;
  const started = new Worker(WORKER_FILE, {
    workerData: { token, maxBytes, ...(socket !== undefined && { socket }) } satisfies WorkerSettings,
    ...(heapMegabytes !== undefined && { resourceLimits: { maxOldGenerationSizeMb: heapMegabytes } }),
    stdout: true,
    stderr: true,
  });
  let failure: unknown;
  // Standard output may be the line itself.
  started.stdout.pipe(process.stderr, { end: false });
  started.stderr.pipe(process.stderr, { end: false });
  started.on("message", (body: Uint8Array) => relay?.send(body));
  started.on("error", (error) => (failure = error));
  started.on("exit", (exitCode) => {
    if (worker !== started) return;
    worker = undefined;
    tell({ kind: "ended", token, exitCode, ...(failure !== undefined && { error: serializeError(failure) }) });
  });
  worker = started;
}

function tell(notice: Notice): void {
  control.send(encode(notice));
}

/** Whoever started the container is gone; SIGKILL, since a node may have taken hold of every other end. */
function endAll(): void {
  process.kill(process.pid, "SIGKILL");
}
