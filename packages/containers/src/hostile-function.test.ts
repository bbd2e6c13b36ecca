import { expect, test } from "vitest";

import { withEngine } from "./engine.fixture.ts";
import { evaluate, interfaces } from "./functions.fixture.ts";

withEngine("a container of a function", () => {
  const hostile: readonly (readonly [what: string, text: string, expected: unknown])[] = [
    ["is nobody", "return process.getuid()", 65534],
    [
      "has no capability",
      "return require('fs').readFileSync('/proc/self/status', 'utf8').match(/CapEff:\\s*(\\w+)/)[1]",
      "0000000000000000",
    ],
    [
      "gains no privilege",
      "return /NoNewPrivs:\\s*1/.test(require('fs').readFileSync('/proc/self/status', 'utf8'))",
      true,
    ],
    ["cannot write to its root", "require('fs').writeFileSync('/app/x', '')", /EROFS/],
    ["cannot write below /etc", "require('fs').writeFileSync('/etc/passwd', '')", /EROFS/],
    ["cannot fill the memory by /tmp", "require('fs').writeFileSync('/tmp/x', Buffer.alloc(80 << 20))", /ENOSPC/],
    [
      "cannot open files without end",
      "const fs = require('fs'); for (let i = 0; i < 2000; i++) fs.openSync('/dev/null')",
      /EMFILE/,
    ],
    [
      "finds no variable of the host",
      "return Object.keys(process.env).sort().join()",
      "HOME,HOSTNAME,NODE_VERSION,PATH",
    ],
    ["reaches no network", "await fetch('http://172.17.0.1:1')", /fetch failed/],
    ["resolves no name", "await require('dns').promises.lookup('example.com')", /EAI_AGAIN/],
    ["cannot end its init", "process.kill(1, 'SIGKILL'); return 'alive'", "alive"],
    ["sees no process of the host", "return require('fs').readdirSync('/proc').filter(Number).length < 10", true],
  ];

  test.each(hostile)("%s", async (_what, text, expected) => {
    const run = evaluate.run(`const require = process.getBuiltinModule("module").createRequire("/app/x.js"); ${text}`);
    if (expected instanceof RegExp) await expect(run).rejects.toThrow(expected);
    else expect(await run).toEqual(expected);
  });

  test("has the loopback alone", async () => {
    expect(await interfaces.run()).toEqual(["lo"]);
  });

  test.each([
    ["memory off the heap", "const kept = []; for (;;) kept.push(Buffer.alloc(8 << 20, 1))", "out_of_memory"],
    ["time", "for (;;);", "container_timeout"],
    [
      "time in microtasks",
      "const again = () => queueMicrotask(again); again(); await new Promise(() => {})",
      "container_timeout",
    ],
    [
      "output",
      "for (;;) await new Promise((done) => process.stdout.write('x'.repeat(1000), done))",
      "output_limit_exceeded",
    ],
  ])("that takes too much %s is ended, and says so", async (_what, text, code) => {
    const limited = evaluate.with({
      limits: { memory: "128m", timeoutMs: 1500, outputBytes: "100k" },
      onLog: () => {},
    });
    await expect(limited.run(text)).rejects.toMatchObject({ code });
  });

  test("survives a fork bomb inside of it", async () => {
    const text = `const { spawn } = process.getBuiltinModule("child_process"); let refused = 0;
      for (let i = 0; i < 300; i++) try { spawn(process.execPath, ["-e", "setTimeout(() => {}, 1000)"]).on("error", () => refused++) } catch { refused++ }
      await new Promise((resolve) => setTimeout(resolve, 300)); return refused`;
    const limited = evaluate.with({ limits: { pids: 64, timeoutMs: 30_000 }, onLog: () => {} });
    expect(await limited.run(text).catch(() => 300)).toBeGreaterThan(200);
  });

  test("lies about no length: a message beyond the limit is refused before it is read", async () => {
    const small = evaluate.with({ maxResultBytes: 1000 });
    await expect(small.run("return 'x'.repeat(2000)")).rejects.toMatchObject({ code: "frame_too_large" });
  });
});
