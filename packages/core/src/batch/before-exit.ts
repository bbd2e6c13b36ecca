const waiting = new Set<() => void>();

function callAll(): void {
  for (const call of waiting) call();
}

/** Calls a function when the process, or the worker, ends by itself; gives what takes that back. */
export function beforeExit(call: () => void): () => void {
  // One listener for all: Node warns of many.
  if (waiting.size === 0) process.on("exit", callAll);
  waiting.add(call);
  return () => {
    waiting.delete(call);
    if (waiting.size === 0) process.off("exit", callAll);
  };
}
