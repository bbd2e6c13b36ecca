import { container } from "@polyloom/containers";

// A script in one file, as people write them: it defines a function and runs it.
console.log("before");
const multiplier = 3;
const triple = container((x: number) => x * multiplier, {
  name: "test-one-file",
  onProgress: () => {},
  onLog: () => {},
});
console.log(await triple.run(5));
