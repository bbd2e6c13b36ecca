import { fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { Workflow } from "@polyloom/core";
import { encode, encodeFrame, FrameParser } from "@polyloom/wire";
import { DockerRuntime } from "@polyloom/runtime-docker";
import { echoText } from "./docker-nodes.ts";
const path = `/tmp/docker/echo-${process.pid}.sock`;
const child = fork(new URL("docker-echo.ts", import.meta.url), [path]);
await once(child, "message");
const socket = connect(path); await once(socket, "connect");
const parser = new FrameParser();
let got: (b: Uint8Array) => void = () => {};
socket.on("data", (c) => { for (const b of parser.push(c)) got(b); });
const body = encode({ rows: "x".repeat(1024) });
const echo = () => new Promise((r) => { got = r; socket.write(encodeFrame(body)); });
async function floor(n: number) { for (let i = 0; i < n; i++) await echo(); }
const N = 2000;
const runtime = new DockerRuntime({ maxContainers: 1, transport: process.argv[2] as "socket" });
const flow = new Workflow("x");
const a = flow.addNode("a", echoText, { rows: "x".repeat(1024) });
flow.createCycle("c").connect(a.out.rows, a.in.rows).maxIterations(N).build();
for (let i = 0; i < 6; i++) {
  let t = performance.now(); await floor(N); const f = (performance.now() - t) / N;
  t = performance.now(); await runtime.execute(flow); const o = (performance.now() - t) / N;
  console.log(f.toFixed(4), o.toFixed(4), (o / f).toFixed(2));
}
await runtime.close(); socket.destroy(); child.disconnect();
