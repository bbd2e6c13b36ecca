import { test } from "node:test";
import { testRuntime } from "../test-runtime.ts";
import { ReferenceRuntime } from "./reference-runtime.fixture.ts";

testRuntime({ test, create: (options) => new ReferenceRuntime(options) });
