import { Workflow, type WorkflowError } from "@polyloom/core";
import { docker, DockerRuntime } from "@polyloom/runtime-docker";
import { z } from "zod";
import { runCode } from "./nodes.ts";

// #region flow
const sandboxed = docker(runCode, { memory: "512m", cpuShares: 512, readOnly: true, timeoutMs: 5_000 });

const flow = new Workflow("untrusted", { input: z.object({ code: z.string(), numbers: z.array(z.number()) }) });
const secure = flow.addNode("secure_execution", sandboxed, { code: flow.input.code, input: flow.input.numbers });
// #endregion flow

// #region runtime
await using runtime = new DockerRuntime({ maxContainers: 1 });
const numbers = [3, 1, 4, 1, 5, 9];
const result = await runtime.execute(flow, { input: { code: "return Math.max(...input)", numbers } });
console.log("the largest number:", result.get(secure).result);
// #endregion runtime

const codeOf = "catch (error) { return error.code }";
await attempt("writes to the root", `try { process.getBuiltinModule("fs").writeFileSync("/x", ""); } ${codeOf}`);
await attempt(
  "reads a file of the host",
  `try { process.getBuiltinModule("fs").readFileSync("/etc/shadow"); } ${codeOf}`,
);
await attempt(
  "opens a connection",
  `const socket = process.getBuiltinModule("net").connect(80, "93.184.215.14");
   return await new Promise((resolve) => socket.on("error", ({ code }) => resolve(code)))`,
);
await attempt("looks for variables", "return Object.keys(process.env).filter((name) => /KEY|TOKEN|USER/.test(name))");
await attempt("never ends", "for (;;);");
await attempt("fills the memory", "const held = []; for (;;) held.push(Buffer.alloc(2 ** 24, 1))");
await attempt("ends its process", "process.exit(7)");
await attempt("adds up, after all that", "return input.reduce((sum, each) => sum + each)");

// #region attempt
/** What comes of a piece of code: its value, or the code of the error. */
async function attempt(what: string, code: string): Promise<void> {
  const outcome = await runtime.execute(flow, { input: { code, numbers } }).then(
    (done) => done.get(secure).result,
    (error: WorkflowError) => error.code,
  );
  console.log(`${what}:`, outcome);
}
// #endregion attempt
