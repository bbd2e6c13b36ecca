import { testRuntime } from "@polyloom/conformance";
import { test } from "vitest";
import { LocalRuntime } from "./local-runtime.ts";

testRuntime({ test, create: (options) => new LocalRuntime(options) });
