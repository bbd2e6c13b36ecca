import { TestingRuntime } from "@polyloom/runtime-testing";
import { input, output, report, total } from "./flow.ts";

// #region mock
const runtime = new TestingRuntime()
  .setNodeResponse(input, {
    data: [
      { id: 1, value: 10 },
      { id: 2, value: 20 },
      { id: 3, value: 30 },
    ],
  })
  .setNodeResponse("output", { status: 200 }); // by handle it is checked by the compiler, by id it is not

const result = await runtime.execute(report);
// #endregion mock
console.log(`total: ${result.get(total).total}`);
console.log(`order: ${runtime.getExecutionOrder().join(", ")}`);
console.log(`calls of output: ${runtime.getNodeCallCount(output)}`);

// #region error
runtime.setNodeError(input, new Error("busy"), { times: 2 });
const retried = await runtime.execute(report);
// #endregion error
console.log(`after two errors: ${retried.status} in ${retried.nodes["input"]!.attempts} attempts`);
